;;; emacs_readme.el --- Plays a person in Emacs who copied the lines of the README  -*- lexical-binding: t; -*-

;;; Code:

(load (expand-file-name "emacs_stage.el" (file-name-directory load-file-name)))

(run (lambda ()
       (find-file (given :file))
       (run-hooks 'post-command-hook) ; which nothing else runs in batch mode: `eglot-ensure' waits for it
       (wait-for "eglot manages the buffer" #'eglot-managed-p)
       (tell :commands (vconcat (all-completions "greenline-" obarray #'commandp)))
       (tell :step "done")))
;;; emacs_readme.el ends here
