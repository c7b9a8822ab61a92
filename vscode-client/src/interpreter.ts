/** Which Python is selected in the editor: answered when the server asks, and announced when it changes. */

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { pythonExtension } from "./serverCommand";

interface Selected {
  readonly path: string;
  /** Not a Python of the whole machine. */
  readonly environment: boolean;
}

/** Answer the server for as long as the client lives. */
export function answerWithInterpreter(client: LanguageClient): void {
  client.onRequest("greenline/interpreter", ({ uri }: { uri: string }) => selected(vscode.Uri.parse(uri)));
}

/** Have the server ask again. */
export async function announceChange(client: LanguageClient): Promise<void> {
  await client.sendNotification("greenline/interpreterChanged", {});
}

async function selected(folder: vscode.Uri): Promise<Selected | null> {
  const environments = (await pythonExtension())?.environments;
  const found = await environments?.resolveEnvironment(environments.getActiveEnvironmentPath(folder));
  const path = found?.executable.uri?.fsPath;
  return path ? { path, environment: found.environment !== undefined } : null;
}
