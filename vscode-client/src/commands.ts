/**
 * The server's commands, as a person calls them from the palette, a menu or a key: without a target, which is then the
 * place of the cursor. The language client registers them; calls from lenses and actions carry their target already.
 */

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import type { GapsView } from "./gapsView";

/** About the project of the open file, or the folder. */
const ofProject = ["runTestsWithCoverage", "clearCoverage", "showCoverageReport", "showCoverageTrend", "recordCoverage", "auditTests"];
const ofModel = ["model.allow", "model.forbid", "model.cost"];

/** The arguments to send with a command, or undefined where there is no target; then the person has been told. */
export async function withTarget(client: LanguageClient, gaps: GapsView, command: string, given: unknown[]): Promise<unknown[] | undefined> {
  if (isTarget(given[0]) && command !== "greenline.generateTests") {
    return given;
  }
  const editor = vscode.window.activeTextEditor;
  const document = editor?.document.languageId === "python" ? editor.document : undefined;
  const uri = document && client.code2ProtocolConverter.asUri(document.uri);
  const about = uri === undefined ? {} : { uri }; // without a Python file, the folder; the server asks where there are several
  if ([...ofProject, ...ofModel].includes(command.replace("greenline.", ""))) {
    return [about];
  }
  switch (command) {
    case "greenline.generateTests": {
      const targets = await gaps.targets(given[0], given[1]);
      if (targets.length) {
        return [{ targets }];
      }
      void vscode.window.showInformationMessage(vscode.l10n.t("Greenline: tests are written for files and functions. Choose some in the Gaps view."));
      return undefined;
    }
    case "greenline.showReportStatus":
      return [{ ...about, show: false }];
    case "greenline.loadReport": {
      const title = vscode.l10n.t("Load Coverage Report");
      const chosen = await vscode.window.showOpenDialog({ title, openLabel: vscode.l10n.t("Load") });
      return chosen?.[0] && [{ ...about, path: chosen[0].fsPath }];
    }
  }
  if (!editor || !uri) {
    void vscode.window.showInformationMessage(vscode.l10n.t("Greenline: open a Python file first."));
    return undefined;
  }
  return [{ uri, line: editor.selection.active.line + 1 }];
}

function isTarget(argument: unknown): boolean {
  // Menus pass a vscode.Uri, which is no target of the server's.
  const { uri, everywhere } = (argument ?? {}) as { uri?: unknown; everywhere?: unknown };
  return typeof uri === "string" || everywhere === true;
}
