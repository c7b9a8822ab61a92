/**
 * The server's commands, as a person calls them from the palette or a menu: without a target, which is then the
 * place of the cursor. The language client registers them; calls from lenses and actions carry their target already.
 */

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";

const aimed = [
  "greenline.generateTest",
  "greenline.generateTestsForFile",
  "greenline.runTestsWithCoverage",
  "greenline.runAffectedTests",
  "greenline.runTestsOfFile",
  "greenline.runCoveringTests",
  "greenline.goToCoveringTest",
  "greenline.installPytest",
];

const ofLine = ["greenline.generateTest", "greenline.runCoveringTests", "greenline.goToCoveringTest"];

/** The arguments to send with a command, or undefined where there is no target; then the person has been told. */
export function withTarget(client: LanguageClient, command: string, given: unknown[]): unknown[] | undefined {
  if (!aimed.includes(command) || isTarget(given[0])) {
    return given;
  }
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.languageId !== "python") {
    void vscode.window.showInformationMessage(vscode.l10n.t("Greenline: open a Python file first."));
    return undefined;
  }
  const uri = client.code2ProtocolConverter.asUri(editor.document.uri);
  return [ofLine.includes(command) ? { uri, line: editor.selection.active.line + 1 } : { uri }];
}

function isTarget(argument: unknown): boolean {
  // Menus pass a vscode.Uri, which is no target of the server's.
  return typeof argument === "object" && argument !== null && typeof (argument as { uri?: unknown }).uri === "string";
}
