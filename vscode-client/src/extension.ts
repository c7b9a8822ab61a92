/** Starts the Greenline language server, restarts it when it must, and shows its log. */

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { createClient, type Views } from "./client";
import { LiveCoverage } from "./coverage";
import { Decorations } from "./decorations";
import { announceChange } from "./interpreter";
import { findServer, isSame, onInterpreterSelected, type ServerCommand, ServerNotFound } from "./serverCommand";
import { showCommands, StatusBar } from "./statusBar";
import { StatusPage } from "./statusPage";

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel("Greenline", { log: true });
  const coverage = new LiveCoverage();
  const decorations = new Decorations(coverage);
  const status = new StatusPage();
  const running = new Server(log, { coverage, status });
  server = running;
  context.subscriptions.push(
    log,
    coverage,
    status,
    decorations,
    new StatusBar(coverage),
    vscode.commands.registerCommand("greenline.toggleCoverage", () => decorations.toggle()),
    vscode.commands.registerCommand("greenline.showCommands", () => showCommands(context.extension.packageJSON)),
    vscode.commands.registerCommand("greenline.showLog", () => log.show()),
    vscode.commands.registerCommand("greenline.restart", () => running.restart()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("greenline.server.command")) {
        void running.restart();
      }
    }),
    await onInterpreterSelected(() => void running.interpreterSelected()),
  );
  await running.restart();
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

  /** Another Python was selected: perhaps another server starts from it; else the one that runs asks again. */
  interpreterSelected(): Promise<void> {
    return this.next(async () => {
      const command = await findServer().catch(() => undefined);
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
      const command = await findServer();
      this.log.info(`Starting ${[command.command, ...command.args].join(" ")}`);
      this.command = command;
      this.client = createClient(command, this.log, this.views);
      await this.client.start();
      await vscode.commands.executeCommand("setContext", "greenline.running", true);
    } catch (error) {
      this.log.error(String(error));
      void this.explain(error);
    }
  }

  private async stopNow(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await vscode.commands.executeCommand("setContext", "greenline.running", false);
    // A server that never started, or died, cannot be told to stop; the next one starts all the same.
    await client?.dispose().catch((error: unknown) => this.log.debug(String(error)));
  }

  /** Say why there is no server, with the button that helps. Not awaited: the person may never answer. */
  private async explain(error: unknown): Promise<void> {
    const choose = vscode.l10n.t("Choose a Command");
    const showLog = vscode.l10n.t("Show Log");
    const [message, buttons] =
      error instanceof ServerNotFound
        ? [error.message, [choose]]
        : [vscode.l10n.t("Greenline did not start. Its log says why."), [showLog, choose]];
    const answer = await vscode.window.showErrorMessage(message, ...buttons);
    if (answer === choose) {
      // Where the files are remote, so is this setting: the ordinary page would not show it.
      const page = vscode.env.remoteName ? "workbench.action.openRemoteSettings" : "workbench.action.openSettings";
      await vscode.commands.executeCommand(page, { query: "greenline.server.command" });
    } else if (answer === showLog) {
      this.log.show();
    }
  }
}
