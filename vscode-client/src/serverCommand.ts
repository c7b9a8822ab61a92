/** Which program is the server: the one that was chosen, the selected interpreter's, or the one on PATH. */

import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import * as path from "node:path";
import { promisify } from "node:util";
import { PythonExtension } from "@vscode/python-extension";
import * as vscode from "vscode";

const run = promisify(execFile);

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** Nothing starts the server; the message is for the person. */
export class ServerNotFound extends Error {}

/** The command that starts the server. Throws ServerNotFound. */
export async function findServer(): Promise<ServerCommand> {
  const chosen = vscode.workspace.getConfiguration("greenline").get<string[]>("server.command", []);
  const [program, ...rest] = chosen.map(expandVariables);
  if (program) {
    const found = await onPath(program);
    if (!found) {
      throw new ServerNotFound(
        vscode.l10n.t("The setting greenline.server.command names {0}, which is not a program here. Correct or empty it.", program),
      );
    }
    return { command: found, args: rest };
  }
  const interpreter = await selectedInterpreter();
  if (interpreter && (await hasGreenline(interpreter))) {
    return { command: interpreter, args: ["-m", "greenline", "lsp"] };
  }
  const greenline = await onPath("greenline");
  if (greenline) {
    return { command: greenline, args: ["lsp"] };
  }
  const where = interpreter
    ? vscode.l10n.t("Greenline is not installed in {0}, and there is no greenline on PATH.", interpreter)
    : vscode.l10n.t("There is no greenline on PATH, and no Python interpreter is selected.");
  throw new ServerNotFound(
    `${where} ${vscode.l10n.t("Install it from a clone of its repository (pip install .), or choose the command that starts it.")}`,
  );
}

/** Tell whether two commands start the same server. */
export function isSame(one: ServerCommand, other: ServerCommand): boolean {
  return one.command === other.command && one.args.join("\0") === other.args.join("\0");
}

/** The interpreter that the Python extension has selected, or undefined (also without that extension). */
async function selectedInterpreter(): Promise<string | undefined> {
  const api = await pythonExtension();
  const environment = await api?.environments.resolveEnvironment(api.environments.getActiveEnvironmentPath());
  return environment?.executable.uri?.fsPath;
}

/** Calls back whenever another interpreter is selected. */
export async function onInterpreterSelected(callback: () => void): Promise<vscode.Disposable> {
  const api = await pythonExtension();
  return api?.environments.onDidChangeActiveEnvironmentPath(callback) ?? new vscode.Disposable(() => undefined);
}

/** The Python extension, or undefined where it is not installed. */
export async function pythonExtension(): Promise<PythonExtension | undefined> {
  try {
    return await PythonExtension.api();
  } catch {
    return undefined; // not installed or switched off: greenline works without it
  }
}

async function hasGreenline(interpreter: string): Promise<boolean> {
  const question = "import importlib.util, sys; sys.exit(importlib.util.find_spec('greenline') is None)";
  try {
    // -I keeps a folder of that name in the workspace from answering.
    await run(interpreter, ["-I", "-c", question], { timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

async function onPath(program: string): Promise<string | undefined> {
  const folders = path.basename(program) === program ? (process.env["PATH"] ?? "").split(path.delimiter) : [""];
  const endings = process.platform === "win32" ? ["", ".exe", ".cmd", ".bat"] : [""];
  for (const folder of folders) {
    for (const ending of endings) {
      const candidate = path.join(folder, program + ending);
      try {
        await access(candidate, constants.X_OK);
        return candidate;
      } catch {
        // the next one
      }
    }
  }
  return undefined;
}

function expandVariables(part: string): string {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
  return part.replaceAll("${workspaceFolder}", folder);
}
