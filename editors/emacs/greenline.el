;;; greenline.el --- The lines that no test reaches, and the tests that are missing  -*- lexical-binding: t; -*-

;; Package-Requires: ((emacs "30.1"))

;;; Commentary:

;; Greenline by eglot, which is part of Emacs.  In your init file:
;;
;;     (load "/where/this/is/greenline.el")
;;     (add-hook 'python-base-mode-hook #'eglot-ensure)
;;
;; `eglot-code-actions' then offers "Generate test for ...", and `M-x greenline-' what else there is.
;; Eglot has one server for each mode of a project: with Greenline, another one for Python does not run there.

;;; Code:

(require 'eglot)

(defclass eglot-greenline (eglot-lsp-server) ()
  :documentation "Greenline's server.")

(add-to-list 'eglot-server-programs
             '((python-mode python-ts-mode) . (eglot-greenline "greenline" "lsp")))

;; Greenline writes tests through an edit.  Eglot would ask once more whether to make it, and leave the buffer unsaved, where
;; pytest sees nothing of it.  What was unsaved before is left to you.
(cl-defmethod eglot-handle-request ((_server eglot-greenline) (_method (eql workspace/applyEdit)) &rest _)
  "Make an edit that the person has asked for, and save it."
  (let ((eglot-confirm-server-edits nil)
        (unsaved (seq-filter #'buffer-modified-p (buffer-list))))
    (prog1 (cl-call-next-method)
      (dolist (buffer (buffer-list))
        (when (and (buffer-file-name buffer) (buffer-modified-p buffer) (not (memq buffer unsaved)))
          (with-current-buffer buffer (save-buffer)))))))

;; Eglot offers the first answer for RET.  A question may come while you type, and then what you type must not answer it.
(cl-defmethod eglot-handle-request
  ((_server eglot-greenline) (_method (eql window/showMessageRequest)) &key message actions &allow-other-keys)
  "Ask what the server wants to know.  RET alone and \\[keyboard-quit] answer nothing, which is a no."
  (let* ((titles (mapcar (lambda (action) (plist-get action :title)) actions))
         (completion-ignore-case t)
         (answer (condition-case nil
                     (completing-read (format "%s (%s) " message (string-join titles ", ")) titles nil t)
                   (quit nil))))
    (when (member answer titles) (list :title answer))))

(defun greenline--execute (command &rest argument)
  "Run COMMAND of the server with the plist ARGUMENT, and return its answer."
  (eglot-execute (eglot--current-server-or-lose)
                 (list :command (concat "greenline." command)
                       :arguments (if argument (vector argument) []))))

(defun greenline--uri ()
  "Return the URI of the buffer's file."
  (plist-get (eglot--TextDocumentIdentifier) :uri))

(defun greenline--column ()
  "Return the column in characters from 0."
  (- (point) (pos-bol)))

(defun greenline-generate-test ()
  "Generate a test for the function at point."
  (interactive)
  (greenline--execute "generateTest" :uri (greenline--uri) :line (line-number-at-pos)))

(defun greenline-generate-tests-for-file ()
  "Generate tests for all functions of this file."
  (interactive)
  (greenline--execute "generateTestsForFile" :uri (greenline--uri)))

(defun greenline-run-tests ()
  "Run all tests of the project, with coverage."
  (interactive)
  (greenline--execute "runTestsWithCoverage" :uri (greenline--uri)))

(defun greenline-run-affected-tests ()
  "Run the tests that changes of this file affect."
  (interactive)
  (greenline--execute "runAffectedTests" :uri (greenline--uri)))

(defun greenline-next-gap (&optional previous)
  "Go to the next gap, or with PREVIOUS to the one before."
  (interactive "P")
  (let ((gap (greenline--execute (if previous "previousGap" "nextGap") :uri (greenline--uri)
                                 :line (line-number-at-pos) :column (greenline--column))))
    (when gap
      (push-mark)
      (goto-char (point-min))
      (forward-line (1- (plist-get gap :line)))
      (forward-char (plist-get gap :column))
      (message "Gap %d of %d: %s" (plist-get gap :number) (plist-get gap :of) (plist-get gap :message)))))

(defun greenline-previous-gap ()
  "Go to the previous gap."
  (interactive)
  (greenline-next-gap t))

(defun greenline-cancel ()
  "Cancel what Greenline is doing."
  (interactive)
  (when (eq (plist-get (greenline--execute "cancelJob") :cancelled) :json-false)
    (message "Greenline: nothing is running.")))

(defun greenline-status ()
  "Show which interpreter, tests and coverage data are used, and what is missing."
  (interactive)
  (greenline--execute "showReportStatus" :uri (greenline--uri) :show :json-false))

(defun greenline-report ()
  "Open a page about the coverage of the whole project."
  (interactive)
  (greenline--execute "showCoverageReport" :uri (greenline--uri)))

(defun greenline-trend ()
  "Open a page about how the coverage of the project went."
  (interactive)
  (greenline--execute "showCoverageTrend" :uri (greenline--uri)))

(defun greenline-record ()
  "Record the coverage of the commit that is checked out, for the trend."
  (interactive)
  (greenline--execute "recordCoverage" :uri (greenline--uri)))

(defun greenline-audit ()
  "Open a page about how good the tests of the project are."
  (interactive)
  (greenline--execute "auditTests" :uri (greenline--uri)))

(defun greenline-model-allow ()
  "Say what a language model would be sent of this project, and ask whether it may be."
  (interactive)
  (greenline--execute "model.allow" :uri (greenline--uri)))

(defun greenline-model-forbid ()
  "Have nothing of this project sent to a language model any more."
  (interactive)
  (greenline--execute "model.forbid" :uri (greenline--uri)))

(defun greenline-model-show ()
  "Show what a language model would be sent of the function at point.  Nothing is sent."
  (interactive)
  (greenline--execute "model.show" :uri (greenline--uri) :line (line-number-at-pos)))

(defun greenline-model-cost ()
  "Say what language models cost today and this month."
  (interactive)
  (greenline--execute "model.cost"))

;; Only the job of `greenline-status' ends with Markdown.
(cl-defmethod eglot-handle-notification
  ((_server eglot-greenline) (_method (eql greenline/jobEnded)) &key markdown &allow-other-keys)
  "Show what a job has found."
  (when markdown
    (with-current-buffer-window "*Greenline*" nil nil
      (insert markdown)
      (special-mode))))

(provide 'greenline)
;;; greenline.el ends here
