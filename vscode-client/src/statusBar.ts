/** The coverage of the file that is looked at, in the status bar; a click shows what can be done. */

import * as vscode from "vscode";
import type { LiveCoverage } from "./coverage";

export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem("greenline.coverage", vscode.StatusBarAlignment.Right, 95);
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly coverage: LiveCoverage) {
    this.item.name = vscode.l10n.t("Greenline Coverage");
    // The palette knows which of our commands make sense now, and their keys.
    const title = vscode.l10n.t("Show Greenline's Commands");
    this.item.command = { command: "workbench.action.quickOpen", title, arguments: [">Greenline: "] };
    this.subscriptions = [
      coverage.onDidChange(() => this.draw()),
      vscode.window.onDidChangeActiveTextEditor(() => this.draw()),
      this.item,
    ];
    this.draw();
  }

  dispose(): void {
    this.subscriptions.forEach((one) => void one.dispose());
  }

  private draw(): void {
    const document = vscode.window.activeTextEditor?.document;
    if (document?.languageId !== "python" || document.uri.scheme !== "file") {
      this.item.hide();
      return;
    }
    const unknown = { title: "-", details: vscode.l10n.t("Greenline has not looked at this file yet.") };
    const { title, details } = this.coverage.of(document) ?? unknown;
    this.item.text = `$(beaker) ${title}`;
    this.item.tooltip = details;
    // The signs where there is no figure mean nothing when they are read out.
    this.item.accessibilityInformation = { label: `Greenline: ${title.endsWith("%") ? `${title}, ` : ""}${details}` };
    this.item.show();
  }
}
