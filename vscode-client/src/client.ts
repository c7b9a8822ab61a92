/** The language client: what is sent to the server, and what happens to the files that it edits. */

import * as vscode from "vscode";
import { CloseAction, LanguageClient, type LanguageClientOptions, State, type StaticFeature } from "vscode-languageclient/node";
import { withTarget } from "./commands";
import type { LiveCoverage } from "./coverage";
import { goToCoveringTest, linked, pickTest } from "./coveringTests";
import type { GapsView } from "./gapsView";
import { answerWithInterpreter } from "./interpreter";
import { answerWithKey, withoutKey } from "./modelKey";
import type { Pages } from "./pages";
import { JobNotifications } from "./progress";
import { filesToSave, save } from "./savedEdits";
import type { ServerCommand } from "./serverCommand";
import type { JobEnded, Testing } from "./testing";

/** What this client can do beyond LSP; docs/protocol.md says what the server does with it. */
const announced: StaticFeature = {
  fillClientCapabilities: (capabilities) => {
    const draws = { drawsCoverage: true, listsGaps: true, picksTests: true, quietButtons: true, showsPages: true };
    capabilities.experimental = { greenline: { ...draws, followsCommands: true, tellsInterpreter: true, tellsModelKey: true, typesModelKey: true } };
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};

/** What shows what the server tells. */
export interface Views {
  readonly coverage: LiveCoverage;
  readonly pages: Pages;
  readonly gaps: GapsView;
  readonly testing: Testing;
}

/** A client for the server that `server` starts. It is not started yet; `givenUp` is called when it died too often. */
export function createClient(server: ServerCommand, log: vscode.LogOutputChannel, views: Views, context: vscode.ExtensionContext, givenUp: () => void): LanguageClient {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const jobs = new JobNotifications();
  const options: LanguageClientOptions = {
    initializationOptions: () => ({
      greenline: forServer(vscode.workspace.getConfiguration("greenline")),
      trusted: vscode.workspace.isTrusted,
      firstRun: !context.workspaceState.get("seen", false),
      modelStorage: vscode.Uri.joinPath(context.globalStorageUri, "model-sdk").fsPath,
    }),
    documentSelector: [{ scheme: "file", language: "python" }],
    outputChannel: log,
    traceOutputChannel: withoutKey(log),
    errorHandler: {
      error: (error, message, count) => usual.error(error, message, count),
      closed: async () => {
        const starting = client.state === State.Starting; // it would end so again, and start() tells
        const next = starting ? { action: CloseAction.DoNotRestart } : await usual.closed();
        if (!starting && next.action === CloseAction.DoNotRestart) {
          givenUp();
        }
        return { ...next, handled: true };
      },
    },
    markdown: { isTrusted: { enabledCommands: linked } },
    middleware: {
      handleWorkDoneProgress: (token, step, next) => {
        jobs.take(client, token, step);
        if (step.kind === "end") {
          next(token, step); // the library forgets the token
        }
      },
      executeCommand: async (command, given, next) => {
        const args = await withTarget(client, views.gaps, command, given);
        const answer: unknown = args ? await next(command, args) : undefined;
        if (command === goToCoveringTest) {
          await pickTest(client, answer ?? undefined);
        }
        return answer;
      },
      workspace: {
        configuration: async (params, token, next) => {
          const answers: unknown = await next(params, token);
          return Array.isArray(answers) ? answers.map(forServer) : [];
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
  const usual = client.createDefaultErrorHandler(); // starts it again, four times in three minutes
  client.registerFeature(announced);
  views.coverage.listenTo(client);
  views.gaps.listenTo(client);
  views.testing.listenTo(client);
  answerWithInterpreter(client);
  answerWithKey(client, context.secrets);
  client.onNotification("greenline/gapsChanged", () => [views.gaps, views.testing].forEach((view) => void view.refresh()));
  client.onNotification("greenline/jobEnded", (ended: JobEnded) => {
    views.testing.ended(ended);
    void (ended.markdown === undefined || views.pages.showStatus(ended.markdown));
    void (ended.page === undefined || views.pages.showFile(ended.page.title, vscode.Uri.parse(ended.page.uri)));
  });
  client.onDidChangeState((change) => change.newState !== State.Running && jobs.dispose());
  return client;
}

/** What the server is told: not the client's own settings. */
function forServer(section: unknown): unknown {
  if (typeof section !== "object" || section === null) {
    return section;
  }
  const { server: _server, trace: _trace, decorations: _decorations, ...settings } = section as Record<string, unknown>;
  return settings;
}
