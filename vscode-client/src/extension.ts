/** Starts the Greenline language server, restarts it when it must, and shows its log. */

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import type { Views } from "./client";
import { LiveCoverage } from "./coverage";
import { Decorations } from "./decorations";
import { GapsView } from "./gapsView";
import { announceChange } from "./interpreter";
import { forgetKey, setKey } from "./modelKey";
import { Pages } from "./pages";
import { findServer, isSame, onInterpreterSelected, PythonNotFound, type ServerCommand, ServerNotFound } from "./serverCommand";
import { StatusBar } from "./statusBar";
import { Testing } from "./testing";

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("Greenline", { log: true });
  const coverage = new LiveCoverage();
  const decorations = new Decorations(coverage, vscode.Uri.joinPath(context.extensionUri, "media"));
  const [pages, gaps, testing] = [new Pages(), new GapsView(), new Testing()];
  const running = new Server(context, log, { coverage, pages, gaps, testing });
  server = running;
  context.subscriptions.push(
    ...[log, coverage, pages, gaps, testing, decorations, new StatusBar(coverage)],
    vscode.commands.registerCommand("greenline.toggleCoverage", () => decorations.toggle()),
    vscode.commands.registerCommand("greenline.showLog", () => log.show()),
    vscode.commands.registerCommand("greenline.setModelKey", () => setKey(context.secrets)),
    vscode.commands.registerCommand("greenline.forgetModelKey", () => forgetKey(context.secrets)),
    vscode.commands.registerCommand("greenline.restart", () => running.restart()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => running.restart()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("greenline.server.command")) {
        void running.reconsider();
      }
    }),
  );
  // Not awaited: the editor waits for an activation, and neither for the Python extension's nor for the server.
  void running.restart();
  void onInterpreterSelected(() => void running.reconsider()).then((selecting) => context.subscriptions.push(selecting));
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}

/** The one server of this window. Starts and stops follow each other, never overlap. */
class Server {
  private client: LanguageClient | undefined;
  private command: ServerCommand | undefined;
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
    private readonly views: Views,
  ) {}

  restart(): Promise<void> {
    return this.next(async () => {
      await this.stopNow();
      await this.startNow();
    });
  }

  stop(): Promise<void> {
    return this.next(() => this.stopNow());
  }

  /** Another Python was selected, or a setting changed: perhaps another server starts; else the one that runs asks again. */
  reconsider(): Promise<void> {
    return this.next(async () => {
      const command = await findServer(this.context).catch(() => undefined);
      if (this.client?.isRunning() && this.command && command && isSame(command, this.command)) {
        await announceChange(this.client);
        return;
      }
      await this.stopNow();
      await this.startNow();
    });
  }

  private next(step: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(step).catch((error: unknown) => this.log.error(String(error)));
    return this.queue;
  }

  private async startNow(): Promise<void> {
    try {
      // The client's library is most of the extension: it is loaded while the server is looked for, not in the activation.
      const [command, { createClient }] = await Promise.all([findServer(this.context), import("./client.js")]);
      this.log.info(`Starting ${[command.command, ...command.args].join(" ")}`);
      this.command = command;
      const client = createClient(command, this.log, this.views, this.context, () => {
        void this.explain(vscode.l10n.t("Greenline's server ended again and again, and is not started any more. Its log says why."));
      });
      client.onDidChangeState(() => {
        void vscode.commands.executeCommand("setContext", "greenline.running", client.isRunning());
      });
      this.client = client;
      await client.start();
      await this.context.workspaceState.update("seen", true);
    } catch (error) {
      this.log.error(String(error));
      const unknown = vscode.l10n.t("Greenline did not start. Its log says why.");
      void this.explain(error instanceof ServerNotFound ? error.message : unknown, error);
    }
  }

  private async stopNow(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    // A server that never started, or died, cannot be told to stop; the next one starts all the same.
    await client?.dispose().catch((error: unknown) => this.log.debug(String(error)));
  }

  /** Say why there is no server, with the buttons that help. Not awaited: the person may never answer. */
  private async explain(message: string, error?: unknown): Promise<void> {
    const help: Record<string, () => unknown> = {};
    if (!(error instanceof ServerNotFound)) {
      help[vscode.l10n.t("Show Log")] = () => this.log.show();
      help[vscode.l10n.t("Restart")] = () => this.restart();
    }
    if (error instanceof PythonNotFound) {
      help[vscode.l10n.t("Get Python")] = () => vscode.env.openExternal(vscode.Uri.parse("https://www.python.org/downloads/"));
    }
    help[vscode.l10n.t("Choose a Command")] = chooseCommand;
    const answer = await vscode.window.showErrorMessage(message, ...Object.keys(help));
    await (answer && help[answer]?.());
  }
}

async function chooseCommand(): Promise<void> {
  // Where the files are remote, so is this setting: the ordinary page would not show it.
  const page = vscode.env.remoteName ? "workbench.action.openRemoteSettings" : "workbench.action.openSettings";
  await vscode.commands.executeCommand(page, { query: "greenline.server.command" });
}
