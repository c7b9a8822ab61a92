/** The coverage of the file that is looked at, in the status bar; a click shows what can be done. */

import * as vscode from "vscode";
import type { Coverage, LiveCoverage } from "./coverage";

export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem("greenline.coverage", vscode.StatusBarAlignment.Right, 95);
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly coverage: LiveCoverage) {
    this.item.name = vscode.l10n.t("Greenline Coverage");
    this.item.command = "greenline.showCommands";
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
    if (document?.languageId !== "python") {
      this.item.hide();
      return;
    }
    const coverage = this.coverage.of(document);
    this.item.text = `$(beaker) ${text(coverage)}`;
    this.item.tooltip = tooltip(coverage);
    this.item.accessibilityInformation = { label: `Greenline: ${text(coverage)}` };
    this.item.show();
  }
}

function text(coverage: Coverage | undefined): string {
  if (coverage?.summary && coverage.summary.lines[1] > 0) {
    return `${coverage.summary.percent} %`;
  }
  return coverage?.state === "broken-source" || coverage?.state === "waiting" ? "…" : "–";
}

function tooltip(coverage: Coverage | undefined): vscode.MarkdownString {
  if (!coverage) {
    return new vscode.MarkdownString(vscode.l10n.t("Greenline has not looked at this file yet."));
  }
  const told = [];
  if (coverage.summary && coverage.summary.lines[1] > 0) {
    const { lines, branches } = coverage.summary;
    told.push(vscode.l10n.t("{0} of {1} lines, {2} of {3} branches are covered.", lines[0], lines[1], branches[0], branches[1]));
    told.push(coverage.gaps === 1 ? vscode.l10n.t("1 gap.") : vscode.l10n.t("{0} gaps.", coverage.gaps));
  }
  if (coverage.message) {
    told.push(coverage.message);
  }
  return new vscode.MarkdownString(told.join("\n\n"));
}

/** Offer all commands of ours that make sense now. */
export async function showCommands(about: { contributes: { commands: { command: string; title: string }[] } }): Promise<void> {
  const left = ["greenline.showCommands", "greenline.installPytest"];
  const offers = about.contributes.commands
    .filter(({ command }) => !left.includes(command))
    .map(({ command, title }) => ({ label: title, command }));
  const chosen = await vscode.window.showQuickPick(offers, { placeHolder: "Greenline" });
  if (chosen) {
    await vscode.commands.executeCommand(chosen.command);
  }
}
