/** The language client: what is sent to the server, and what happens to the files that it edits. */

import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions } from "vscode-languageclient/node";
import { withTarget } from "./commands";
import { filesToSave, save } from "./savedEdits";
import { type ServerCommand, selectedInterpreter } from "./serverCommand";

/** A client for the server that `server` starts. It is not started yet. */
export function createClient(server: ServerCommand, log: vscode.LogOutputChannel): LanguageClient {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const options: LanguageClientOptions = {
    documentSelector: [{ scheme: "file", language: "python" }],
    outputChannel: log,
    traceOutputChannel: log,
    synchronize: { configurationSection: "greenline" },
    middleware: {
      executeCommand: async (command, given, next) => {
        const args = await withTarget(client, command, given);
        return args ? next(command, args) : undefined;
      },
      workspace: {
        configuration: async (params, token, next) => {
          const answers: unknown = await next(params, token);
          if (!Array.isArray(answers)) {
            return [];
          }
          return Promise.all(answers.map((answer, at) => withInterpreter(answer, params.items[at]?.scopeUri)));
        },
        handleApplyEdit: async (params, next) => {
          const touched = filesToSave(params.edit);
          const result = await next(params, new vscode.CancellationTokenSource().token);
          if ("applied" in result && result.applied) {
            await save(touched);
          }
          return result;
        },
      },
    },
  };
  const executable = { command: server.command, args: [...server.args], ...(folder ? { options: { cwd: folder } } : {}) };
  const client = new LanguageClient("greenline", "Greenline", executable, options);
  return client;
}

/** Where the setting is empty, the project runs in the interpreter that is selected in the editor. */
async function withInterpreter(settings: unknown, scope: string | undefined): Promise<unknown> {
  if (typeof settings !== "object" || settings === null || !("interpreter" in settings) || settings.interpreter) {
    return settings;
  }
  const selected = await selectedInterpreter(scope ? vscode.Uri.parse(scope) : undefined);
  return selected ? { ...settings, interpreter: selected } : settings;
}
