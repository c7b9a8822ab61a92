/**
 * The server's commands, as a person calls them from the palette or a menu: without a target, which is then taken
 * from the editor. The language client registers them; calls from lenses and actions carry their target already.
 */

import * as vscode from "vscode";
import { CodeActionRequest, type Command, type LanguageClient } from "vscode-languageclient/node";

const ofFunction = "greenline.generateTest";
const ofFile = "greenline.generateTestsForFile";
const runTests = "greenline.runTestsWithCoverage";

/** The arguments to send with a command, or undefined where there is nothing to do; then the person has been told. */
export async function withTarget(client: LanguageClient, command: string, given: unknown[]): Promise<unknown[] | undefined> {
  if (![ofFunction, ofFile, runTests].includes(command) || isTarget(given[0])) {
    return given;
  }
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.languageId !== "python") {
    void vscode.window.showInformationMessage(vscode.l10n.t("Greenline: open a Python file first."));
    return undefined;
  }
  if (command === runTests) {
    return [{ uri: client.code2ProtocolConverter.asUri(editor.document.uri) }];
  }
  const offered = await offers(client, editor);
  const wanted = offered.find((offer) => offer.command === command);
  if (!wanted) {
    const message =
      command === ofFunction
        ? vscode.l10n.t("Greenline: put the cursor into a function that is not a test.")
        : vscode.l10n.t("Greenline: there is no function to test in this file.");
    void vscode.window.showInformationMessage(message);
  }
  return wanted?.arguments;
}

function isTarget(argument: unknown): boolean {
  // Menus pass a vscode.Uri, which is no target of the server's.
  return typeof argument === "object" && argument !== null && typeof (argument as { uri?: unknown }).uri === "string";
}

/** The commands that the server offers at the cursor; it knows where functions begin and end. */
async function offers(client: LanguageClient, editor: vscode.TextEditor): Promise<Command[]> {
  const actions = await client.sendRequest(CodeActionRequest.type, {
    textDocument: client.code2ProtocolConverter.asTextDocumentIdentifier(editor.document),
    range: client.code2ProtocolConverter.asRange(editor.selection),
    context: { diagnostics: [] },
  });
  return (actions ?? []).flatMap((action) =>
    typeof action.command === "string" ? [action as Command] : action.command ? [action.command] : [],
  );
}
