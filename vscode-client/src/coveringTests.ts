/** Which tests reach a line: the one to go to is picked in a list, and hovers have a link that runs them. */

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";

/** The commands that hovers may run. */
export const linked = ["greenline.runCoveringTests"];

export const goToCoveringTest = "greenline.goToCoveringTest";

interface CoveringTest {
  readonly name: string;
  readonly uri: string;
  /** From 1. */
  readonly line: number;
}

/** Go to one of the tests that the server answered with. Where it answered with none, it has said why. */
export async function pickTest(client: LanguageClient, answer: { readonly tests?: readonly CoveringTest[] } | undefined): Promise<void> {
  const tests = answer?.tests ?? [];
  const test = tests.length > 1 ? await pick(client, tests) : tests[0];
  if (!test) {
    return;
  }
  const document = await vscode.workspace.openTextDocument(client.protocol2CodeConverter.asUri(test.uri));
  const at = document.lineAt(Math.min(test.line, document.lineCount) - 1).range.start;
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) });
}

async function pick(client: LanguageClient, tests: readonly CoveringTest[]): Promise<CoveringTest | undefined> {
  const items = tests.map((test) => {
    const file = vscode.workspace.asRelativePath(client.protocol2CodeConverter.asUri(test.uri));
    return { label: test.name, description: `${file}:${test.line}`, test };
  });
  const placeHolder = vscode.l10n.t("Tests that reach it, those that run little else first");
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.test;
}
