/** Files that the server edits are saved, so that pytest and the person see the same text. */

import * as vscode from "vscode";
import type { WorkspaceEdit } from "vscode-languageclient/node";

/** The files that an edit touches, without those in which the person has unsaved changes. Call it before the edit. */
export function filesToSave(edit: WorkspaceEdit): vscode.Uri[] {
  const named = new Set(Object.keys(edit.changes ?? {}));
  for (const change of edit.documentChanges ?? []) {
    if ("textDocument" in change) {
      named.add(change.textDocument.uri);
    } else if (change.kind === "create") {
      named.add(change.uri);
    }
  }
  const unsaved = new Set(vscode.workspace.textDocuments.filter((open) => open.isDirty).map((open) => open.uri.toString()));
  return [...named].map((uri) => vscode.Uri.parse(uri)).filter((uri) => !unsaved.has(uri.toString()));
}

/** Save each of the files that is open and changed. */
export async function save(files: readonly vscode.Uri[]): Promise<void> {
  const wanted = new Set(files.map((uri) => uri.toString()));
  const open = vscode.workspace.textDocuments.filter((document) => wanted.has(document.uri.toString()));
  await Promise.all(open.filter((document) => document.isDirty).map((document) => document.save()));
}
