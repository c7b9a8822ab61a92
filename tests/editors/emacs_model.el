;;; emacs_model.el --- Plays a person in Emacs who has a model asked  -*- lexical-binding: t; -*-

;; Looks at what would be sent, generates a test, answers what is asked, reads the cost, and takes the yes back.

;;; Code:

(load (expand-file-name "emacs_stage.el" (file-name-directory load-file-name)))

(defvar asked nil "Questions, the last first.")

(defun answer (prompt choices &rest _)
  "Take the next answer that is given, which has to be among CHOICES."
  (push prompt asked)
  (let* ((answers (append (given :answers) nil))
         (chosen (nth (1- (length asked)) answers)))
    (unless (test-completion chosen choices) (error "Not offered: %s" chosen))
    chosen))

(defun said (words) (string-match-p words (messages)))

(defvar ends nil "The last words of jobs that ended.")

(cl-defmethod eglot-handle-notification :before
  ((_server eglot-lsp-server) (_method (eql greenline/jobEnded)) &key message &allow-other-keys)
  (push message ends))

(defun play ()
  (let ((completing-read-function #'answer))
    (cl-letf (((symbol-function 'y-or-n-p) #'always))
      (visit (given :file))
      (let ((code (current-buffer)))
        (goto-char (point-min))
        (search-forward "def discount")
        (greenline-model-show)
        (wait-for "what would be sent" (lambda () (get-buffer "model-request.md")))
        (tell :request (with-current-buffer (get-buffer "model-request.md") (buffer-string)))
        (set-buffer code)
        (greenline-generate-test)
        (wait-for "the questions" (lambda () (= (length asked) (length (given :answers)))))
        (if (member "Not now" (append (given :answers) nil))
            (wait-for "the end of the question" (lambda () (member "Nothing of project is sent." ends)))
          (wait-for "what the model added" (lambda () (said "a model wrote test_summer_halves_prices")))
          (greenline-model-cost)
          (wait-for "the cost" (lambda () (said "Models cost today")))
          (greenline-model-forbid)
          (wait-for "it is forbidden" (lambda () (said "From now on nothing"))))
        (tell :asked (vconcat (reverse asked)))
        (tell :step "done")))))

(run #'play)
;;; emacs_model.el ends here
