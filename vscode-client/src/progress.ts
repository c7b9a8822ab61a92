/** A job's progress is a notification with a Cancel button: the client library's own is a line in the status bar. */

import * as vscode from "vscode";
import {
  type LanguageClient,
  type ProgressToken,
  type WorkDoneProgressBegin,
  WorkDoneProgressCancelNotification,
  type WorkDoneProgressEnd,
  type WorkDoneProgressReport,
} from "vscode-languageclient/node";

type Step = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

export class JobNotifications implements vscode.Disposable {
  private readonly shown = new Map<ProgressToken, Shown>();

  /** Take over one step of a progress. */
  take(client: LanguageClient, token: ProgressToken, step: Step): void {
    if (step.kind === "begin") {
      const cancel = () => void client.sendNotification(WorkDoneProgressCancelNotification.type, { token });
      this.shown.set(token, new Shown(step.title, cancel));
    } else if (step.kind === "report") {
      this.shown.get(token)?.report(step);
    } else {
      this.shown.get(token)?.dispose();
      this.shown.delete(token);
    }
  }

  /** Take all of them away: their server has gone. */
  dispose(): void {
    for (const shown of this.shown.values()) {
      shown.dispose();
    }
    this.shown.clear();
  }
}

class Shown implements vscode.Disposable {
  private percentage = 0;
  private progress: vscode.Progress<{ message?: string; increment?: number }> | undefined;
  private end: () => void = () => undefined;

  constructor(title: string, cancel: () => void) {
    const ended = new Promise<void>((resolve) => (this.end = resolve));
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    void vscode.window.withProgress(options, (progress, cancelled) => {
      this.progress = progress;
      cancelled.onCancellationRequested(cancel);
      return ended;
    });
  }

  report(step: WorkDoneProgressReport): void {
    const increment = Math.max(0, (step.percentage ?? 0) - this.percentage);
    this.percentage += increment;
    this.progress?.report({
      ...(step.message === undefined ? {} : { message: step.message }),
      ...(increment ? { increment } : {}), // an increment of 0 would end the bar that only says "busy"
    });
  }

  dispose(): void {
    this.end();
  }
}
