/** Which program is the server: the chosen one, the selected interpreter's, the one on PATH, or the one brought along. */

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
  /** It is the server that the extension brought along, whichever Python runs it. */
  readonly bundled?: true;
}

/** Nothing starts the server; the message is for the person. */
export class ServerNotFound extends Error {}

/** The server that was brought along cannot run for want of a Python. */
export class PythonNotFound extends ServerNotFound {}

/** The command that starts the server. Throws ServerNotFound. */
export async function findServer(context: vscode.ExtensionContext): Promise<ServerCommand> {
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
  const selected = vscode.workspace.isTrusted ? await ask(await selectedInterpreter()) : undefined;
  if (selected?.hasGreenline) {
    return { command: selected.path, args: ["-I", "-m", "greenline", "lsp"] };
  }
  const greenline = await onPath("greenline");
  if (greenline) {
    return { command: greenline, args: ["lsp"] };
  }
  const python = selected ?? (await anyPython());
  if (!python) {
    throw new PythonNotFound(vscode.l10n.t("Greenline needs Python 3.10 or newer to run, and found none: not selected, not on PATH."));
  }
  return { command: python.path, args: bundled(context), bundled: true };
}

/** Tell whether two commands start the same server. */
export function isSame(one: ServerCommand, other: ServerCommand): boolean {
  return (one.bundled && other.bundled) || [one.command, ...one.args].join("\0") === [other.command, ...other.args].join("\0");
}

/** Arguments for a Python that keep all else out, and leave no bytecode in the extension's folder. */
function bundled(context: vscode.ExtensionContext): string[] {
  const bytecode = path.join(context.globalStorageUri.fsPath, "bytecode");
  return ["-I", "-S", "-X", `pycache_prefix=${bytecode}`, context.asAbsolutePath(path.join("bundled", "libs"))];
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

interface Python {
  readonly path: string;
  readonly hasGreenline: boolean;
}

async function anyPython(): Promise<Python | undefined> {
  const versions = [14, 13, 12, 11, 10].map((minor) => `python3.${minor}`); // first: macOS' own python3 is older
  for (const name of [...(process.platform === "win32" ? ["py"] : []), ...versions, "python3", "python"]) {
    const python = await ask(await onPath(name));
    if (python) {
      return python;
    }
  }
  return undefined;
}

/** Ask a Python what it is; undefined for none, and for one that is too old or does not run. */
async function ask(python: string | undefined): Promise<Python | undefined> {
  const question =
    "import importlib.util, sys; sys.version_info < (3, 10) and sys.exit(1);" +
    "print(int(importlib.util.find_spec('greenline') is not None), sys.executable)";
  try {
    // -I keeps a folder of that name in the workspace from answering.
    const { stdout } = await run(python ?? "", ["-I", "-X", "utf8", "-c", question], { timeout: 20_000 });
    return { path: stdout.slice(2).trim(), hasGreenline: stdout.startsWith("1") };
  } catch {
    return undefined;
  }
}

async function onPath(program: string): Promise<string | undefined> {
  // An entry of PATH that is empty or relative would mean a folder of the workspace.
  const named = (process.env["PATH"] ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const folders = path.basename(program) === program ? named : [""];
  const endings = process.platform === "win32" ? ["", ".exe", ".cmd", ".bat"] : [""];
  for (const candidate of folders.flatMap((folder) => endings.map((ending) => path.join(folder, program + ending)))) {
    if (await access(candidate, constants.X_OK).then(() => true, () => false)) {
      return candidate;
    }
  }
  return undefined;
}

function expandVariables(part: string): string {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
  return part.replaceAll("${workspaceFolder}", folder);
}
