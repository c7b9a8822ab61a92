;;; emacs_scenario.el --- Plays a person in Emacs  -*- lexical-binding: t; -*-

;; Opens a file, waits for diagnostics, goes to a gap, generates a test by the code action, waits until it is green, and
;; cancels an endless one.

;;; Code:

(load (expand-file-name "emacs_stage.el" (file-name-directory load-file-name)))

(defun gaps ()
  (mapcar (lambda (diagnostic)
            (format "%d: %s" (line-number-at-pos (flymake-diagnostic-beg diagnostic)) (flymake-diagnostic-text diagnostic)))
          (flymake-diagnostics)))

(defun generate (title)
  "Take the code action with TITLE on some diagnostic."
  (let* ((actions (apply #'append
                         (mapcar (lambda (d) (eglot-code-actions (flymake-diagnostic-beg d) (flymake-diagnostic-end d)))
                                 (flymake-diagnostics))))
         (action (seq-find (lambda (action) (equal (plist-get action :title) title)) actions)))
    (tell :titles (vconcat (mapcar (lambda (action) (plist-get action :title)) actions)))
    (unless action (error "Not offered: %s" title))
    (eglot-execute (eglot-current-server) action)))

(defun play ()
  (let* ((asked nil)
         (completing-read-function (lambda (prompt &rest _) (push prompt asked) "Yes")))
    (cl-letf (((symbol-function 'y-or-n-p) (lambda (prompt) (push prompt asked) t)))
      (visit (given :file))
      (wait-for "diagnostics" #'flymake-diagnostics)
      (tell :before (vconcat (gaps)))
      (when (fboundp 'greenline-next-gap)
        (goto-char (point-min))
        (greenline-next-gap)
        (tell :gap (line-number-at-pos))
        (greenline-status)
        (wait-for "the status" (lambda () (get-buffer "*Greenline*")))
        (tell :status (with-current-buffer "*Greenline*" (buffer-string))))
      (generate (given :title))
      (wait-for "progress" (lambda () (string-match-p "Generate test" (reports))))
      (wait-for "what was gained" (lambda () (string-match-p "passed in" (messages))))
      (wait-for "fewer gaps" (lambda () (< (length (flymake-diagnostics)) (length (plist-get told :before)))))
      (tell :after (vconcat (gaps)))
      (tell :unsaved (vconcat (mapcar #'buffer-name
                                      (seq-filter (lambda (b) (and (buffer-file-name b) (buffer-modified-p b)))
                                                  (buffer-list)))))
      (when (fboundp 'greenline-cancel)
        (visit (given :endless))
        (goto-char (point-min))
        (greenline-generate-test)
        (wait-for "progress of the endless one" (lambda () (string-match-p "Generate test for line 1" (reports))))
        (greenline-cancel)
        (wait-for "cancelled" (lambda () (string-match-p "Generate test for line 1: cancelled" (reports))))
        (greenline-cancel)
        (wait-for "nothing to cancel" (lambda () (string-match-p "nothing is running" (messages)))))
      (tell :asked (vconcat (reverse asked)))
      (tell :step "done"))))

(run #'play)
;;; emacs_scenario.el ends here
