;;; emacs_answers.el --- Plays a person in Emacs who is asked while typing  -*- lexical-binding: t; -*-

;; Has the question whether a model may be asked come up, and presses given keys while Emacs waits for something else.

;;; Code:

(load (expand-file-name "emacs_stage.el" (file-name-directory load-file-name)))

(require 'ert-x)

(defvar ends nil "Jobs that ended, with their last words.")

(defun end-after (keys)
  "Return the last words of the job that asks whether a model may be asked, when these KEYS are pressed."
  (let ((job (plist-get (greenline--execute "model.allow" :uri (greenline--uri)) :job)))
    (ert-simulate-keys (listify-key-sequence (kbd keys))
      (wait-for (format "the end of the question after %s" keys) (lambda () (assoc job ends))))
    (cdr (assoc job ends))))

(cl-defmethod eglot-handle-notification :before
  ((_server eglot-lsp-server) (_method (eql greenline/jobEnded)) &key id message &allow-other-keys)
  (push (cons id message) ends))

(run (lambda ()
       (visit (given :file))
       (tell :ends (vconcat (mapcar #'end-after (append (given :keys) nil))))
       (tell :step "done")))
;;; emacs_answers.el ends here
