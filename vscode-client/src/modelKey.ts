/** The key to models: in the editor's secret storage, told to the server when it makes a request, and written into no log. */

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";

const name = "greenline.modelKey";

/** Answer the server for as long as the client lives. */
export function answerWithKey(client: LanguageClient, secrets: vscode.SecretStorage): void {
  client.onRequest("greenline/modelKey", async () => ({ modelKey: (vscode.workspace.isTrusted && (await secrets.get(name))) || null }));
  client.onRequest("greenline/typeModelKey", async () => ({ typed: await setKey(secrets) }));
}

/** Have the person type the key, and keep it; tell whether they did. */
export async function setKey(secrets: vscode.SecretStorage): Promise<boolean> {
  const prompt = vscode.l10n.t("Kept in the editor's secret storage, and sent only to where models are asked.");
  const key = await vscode.window.showInputBox({ title: vscode.l10n.t("Key to Models"), prompt, password: true, ignoreFocusOut: true });
  await (key?.trim() && secrets.store(name, key.trim()));
  return !!key?.trim();
}

export async function forgetKey(secrets: vscode.SecretStorage): Promise<void> {
  await secrets.delete(name);
  void vscode.window.showInformationMessage(vscode.l10n.t("Greenline: the key to models is forgotten."));
}

/** The log without the key: at the level Trace the library writes down whole answers. */
export function withoutKey(log: vscode.LogOutputChannel): vscode.LogOutputChannel {
  const trace = (message: string): void => log.trace(message.includes("modelKey") ? "greenline/modelKey" : message);
  return Object.create(log, { trace: { value: trace } }) as vscode.LogOutputChannel;
}
