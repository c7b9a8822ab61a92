/**
 * The server's commands, as a person calls them from the palette, a menu or a key: without a target, which is then the
 * place of the cursor. The language client registers them; calls from lenses and actions carry their target already.
 */

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import type { GapsView } from "./gapsView";

const ofFile = [
  "greenline.generateTestsForFile",
  "greenline.runTestsWithCoverage",
  "greenline.runAffectedTests",
  "greenline.runTestsOfFile",
  "greenline.installPytest",
];

const ofLine = [
  "greenline.generateTest",
  "greenline.runCoveringTests",
  "greenline.goToCoveringTest",
  "greenline.nextGap",
  "greenline.previousGap",
];

const ofReports = ["greenline.showReportStatus", "greenline.loadReport", "greenline.clearCoverage"];

/** The arguments to send with a command, or undefined where there is no target; then the person has been told. */
export async function withTarget(client: LanguageClient, gaps: GapsView, command: string, given: unknown[]): Promise<unknown[] | undefined> {
  if (command === "greenline.generateTests") {
    const targets = gaps.targets(...(given as [unknown, unknown]));
    return targets.length ? [{ targets }] : undefined;
  }
  if (isTarget(given[0])) {
    return given;
  }
  const editor = vscode.window.activeTextEditor;
  const document = editor?.document.languageId === "python" ? editor.document : undefined;
  const uri = document && client.code2ProtocolConverter.asUri(document.uri);
  if (ofReports.includes(command)) {
    return aboutReports(command, uri);
  }
  if (!ofLine.includes(command) && !ofFile.includes(command)) {
    return given;
  }
  if (command === "greenline.runTestsWithCoverage" && !uri) {
    return []; // of the folder; the server asks where there are several
  }
  if (!editor || !uri) {
    void vscode.window.showInformationMessage(vscode.l10n.t("Greenline: open a Python file first."));
    return undefined;
  }
  return [ofLine.includes(command) ? { uri, line: editor.selection.active.line + 1 } : { uri }];
}

/** Without a Python file, the project is that of the folder; the server asks where there are several. */
async function aboutReports(command: string, uri: string | undefined): Promise<unknown[] | undefined> {
  const about = uri === undefined ? {} : { uri };
  if (command === "greenline.showReportStatus") {
    return [{ ...about, show: false }];
  }
  if (command === "greenline.clearCoverage") {
    return [about];
  }
  const title = vscode.l10n.t("Load Coverage Report");
  const chosen = await vscode.window.showOpenDialog({ title, openLabel: vscode.l10n.t("Load") });
  return chosen?.[0] && [{ ...about, path: chosen[0].fsPath }];
}

function isTarget(argument: unknown): boolean {
  // Menus pass a vscode.Uri, which is no target of the server's.
  return typeof argument === "object" && argument !== null && typeof (argument as { uri?: unknown }).uri === "string";
}
