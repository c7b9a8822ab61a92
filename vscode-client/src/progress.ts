/** A job's progress is a notification with a Cancel button: the client library's own is a line in the status bar. */

import * as vscode from "vscode";
import { type LanguageClient, type Middleware, type ProgressToken, WorkDoneProgressCancelNotification } from "vscode-languageclient/node";

type Step = Parameters<NonNullable<Middleware["handleWorkDoneProgress"]>>[1];
type Report = Extract<Step, { kind: "report" }>;

interface Shown {
  report(step: Report): void;
  end(): void;
}

export class JobNotifications implements vscode.Disposable {
  private readonly shown = new Map<ProgressToken, Shown>();

  /** Take over one step of a progress. */
  take(client: LanguageClient, token: ProgressToken, step: Step): void {
    if (step.kind === "begin") {
      this.shown.set(token, show(step.title, () => void client.sendNotification(WorkDoneProgressCancelNotification.type, { token })));
    } else if (step.kind === "report") {
      this.shown.get(token)?.report(step);
    } else {
      this.shown.get(token)?.end();
      this.shown.delete(token);
    }
  }

  /** Take all of them away: their server has gone. */
  dispose(): void {
    this.shown.forEach((one) => one.end());
    this.shown.clear();
  }
}

function show(title: string, cancel: () => void): Shown {
  let shown: vscode.Progress<{ message?: string; increment?: number }> | undefined;
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  void vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, (progress, cancelled) => {
    shown = progress;
    cancelled.onCancellationRequested(cancel);
    return ended;
  });
  let percentage = 0;
  const report = (step: Report): void => {
    const increment = Math.max(0, (step.percentage ?? 0) - percentage);
    percentage += increment;
    // An increment of 0 would end the bar that only says "busy".
    shown?.report({ ...(step.message === undefined ? {} : { message: step.message }), ...(increment ? { increment } : {}) });
  };
  return { report, end };
}
