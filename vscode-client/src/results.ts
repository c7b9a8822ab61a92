/** What became of a job that wrote tests: a notification with a button that shows them. Buttons also keep it unfolded. */

import * as vscode from "vscode";
import type { StaticFeature } from "vscode-languageclient/node";

/** What is read of the server's `greenline/jobEnded`; docs/protocol.md has all of it. */
export interface JobEnded {
  readonly outcome: string;
  readonly message: string;
  /** Of the report status: all that the doctor says. */
  readonly markdown?: string;
  readonly results: readonly { readonly testFile: string | null; readonly tests: readonly string[] }[];
}

/** Tells the server that this client shows what was gained. */
export const announceResults: StaticFeature = {
  fillClientCapabilities: (capabilities) => {
    const { greenline, ...others } = (capabilities.experimental ?? {}) as Record<string, object | undefined>;
    capabilities.experimental = { ...others, greenline: { ...greenline, tellsResults: true } };
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};

/** Say what was gained. All other ends are told by the server. */
export async function tellResults(ended: JobEnded): Promise<void> {
  const written = ended.results.find((result) => result.testFile !== null && result.tests.length > 0);
  if (ended.outcome !== "done" || !written?.testFile) {
    return;
  }
  const show = vscode.l10n.t("Show Tests");
  // No notification reads backticks as Markdown.
  if ((await vscode.window.showInformationMessage(ended.message.replaceAll("`", ""), show)) === show) {
    await showTest(vscode.Uri.file(written.testFile), written.tests[0] ?? "");
  }
}

async function showTest(file: vscode.Uri, name: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(file);
  const editor = await vscode.window.showTextDocument(document);
  const start = "def ";
  const found = document.getText().indexOf(`${start}${name}(`);
  const at = document.positionAt(found < 0 ? 0 : found + start.length);
  editor.selection = new vscode.Selection(at, at);
  editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
