;;; emacs_stage.el --- What every play in Emacs has  -*- lexical-binding: t; -*-

;; Its input, what it tells, waiting for a cause, and the end.  Input and output are JSON files named by the environment;
;; the output also tells how far it came.

;;; Code:

(require 'json)
(require 'eglot)
(require 'flymake)

(setq native-comp-jit-compilation nil)

(defvar input (json-parse-string (with-temp-buffer (insert-file-contents (getenv "GREENLINE_SCENARIO")) (buffer-string))
                                 :object-type 'plist))
(defvar told (list :step "start"))

(defun tell (key value) (setq told (plist-put told key value)))
(defun given (key) (plist-get input key))

(defun wait-for (step condition)
  "Look whether CONDITION holds whenever something arrives, at most as long as is given."
  (tell :step step)
  (with-timeout ((given :limit_seconds) (error "Waited in vain: %s" step))
    (while (not (funcall condition))
      (accept-process-output nil 0.05)
      (tell-of-edits))))

(defun tell-of-edits ()
  "Do what eglot does when Emacs is idle, which it never is in batch mode."
  (when-let* ((server (eglot-current-server)))
    (dolist (buffer (eglot--managed-buffers server))
      (with-current-buffer buffer (eglot--signal-textDocument/didChange)))))

(defun messages () (with-current-buffer (messages-buffer) (buffer-string)))

(defun visit (file)
  (find-file file)
  (let ((eglot-sync-connect t))
    (unless (eglot-current-server) (call-interactively #'eglot)))
  (wait-for "eglot manages the buffer" #'eglot-managed-p)
  (flymake-start))

(defun reports ()
  (let (found)
    (maphash (lambda (_ reporter) (push (format "%s" reporter) found))
             (eglot--progress-reporters (eglot-current-server)))
    (string-join found "\n")))

(defun run (play)
  "Set Emacs up as is given, call PLAY, and tell what came of it."
  (condition-case problem
      (progn (when (given :load) (load (given :load)))
             (when (given :snippet) (eval (read (given :snippet)) t))
             (funcall play))
    (error (tell :problem (format "%S" problem))))
  (tell :messages (messages))
  (let ((coding-system-for-write 'no-conversion))
    (with-temp-file (given :output) (insert (json-serialize told))))
  (ignore-errors (eglot-shutdown-all))
  (kill-emacs 0))
;;; emacs_stage.el ends here
