/** The Testing view: the tests that the server knows, how they ended, and what each of them reaches. */

import * as vscode from "vscode";
import { ErrorCodes, type LanguageClient, type Range } from "vscode-languageclient/node";

/** What is read of the server's `greenline/jobEnded`; docs/protocol.md has all of it. */
export interface JobEnded {
  readonly id: string;
  readonly title: string;
  /** Of the report status: all that the doctor says. */
  readonly markdown?: string;
  /** A file to show as a page. */
  readonly page?: { readonly title: string; readonly uri: string };
  readonly message: string;
  readonly tests: readonly TestEnd[];
}

interface TestEnd {
  readonly id: string;
  readonly outcome: "passed" | "failed" | "skipped";
  readonly failures: readonly TestFailed[];
}

type TestFailed = { readonly message: string; readonly uri: string | null; readonly line: number | null };

interface TestFile {
  readonly uri: string;
  readonly name: string;
  readonly tests: readonly { readonly id: string; readonly name: string; readonly line: number }[];
}

type Figures = readonly [covered: number, total: number];
type Covered = { uri: string; lines: Figures; branches: Figures; functions: Figures; tests: readonly string[] };
type Branch = { to: number | null; taken: boolean };

interface Details {
  readonly statements: readonly { readonly line: number; readonly ran: boolean; readonly branches?: readonly Branch[] }[];
  readonly functions: readonly { readonly name: string; readonly range: Range; readonly ran: boolean }[];
}

const ENDED = vscode.l10n.t("Greenline's server ended.");

export class Testing implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private readonly controller = vscode.tests.createTestController("greenline", "Greenline");
  private readonly byId = new Map<string, vscode.TestItem>();
  private readonly waiting = new Map<string, ((ended: JobEnded) => void)[]>();
  private showsCoverage = false;

  constructor() {
    const { Coverage } = vscode.TestRunProfileKind;
    const profile = this.controller.createRunProfile(vscode.l10n.t("Run with Coverage"), Coverage, (...asked) => this.run(...asked), true);
    profile.loadDetailedCoverage = (_run, file) => this.details(file.uri);
    profile.loadDetailedCoverageForTest = (_run, file, test) => this.details(file.uri, test.id);
    this.controller.refreshHandler = () => this.refresh();
  }

  listenTo(client: LanguageClient): void {
    this.client = client;
    // Whose server has gone has no end to wait for.
    const gone = { title: "", message: ENDED, tests: [] };
    client.onDidChangeState(() => (client.isRunning() ? this.refresh() : [...this.waiting.keys()].forEach((id) => this.ended({ ...gone, id }))));
  }

  ended(job: JobEnded): void {
    const waiting = this.waiting.get(job.id);
    this.waiting.delete(job.id);
    void (waiting ? waiting.forEach((tell) => tell(job)) : job.tests.length && this.startedElsewhere(job));
  }

  dispose(): void {
    this.controller.dispose();
  }

  async refresh(): Promise<void> {
    if (!this.client?.isRunning()) {
      return; // what is known is still shown
    }
    const { files } = await this.client.sendRequest<{ files: TestFile[] }>("greenline/tests", {});
    this.byId.clear();
    this.controller.items.replace(
      files.map((file) => {
        const uri = vscode.Uri.parse(file.uri);
        const parent = this.controller.createTestItem(file.uri, file.name, uri);
        for (const { id, name, line } of file.tests) {
          const item = this.controller.createTestItem(id, name, uri);
          item.range = new vscode.Range(line - 1, 0, line - 1, 0);
          this.byId.set(id, item);
          parent.children.add(item);
        }
        return parent;
      }),
    );
  }

  private async run(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    const run = this.controller.createTestRun(request);
    const [chosen, left] = [request.include, request.exclude].map((items) => items?.flatMap((item) => [item, ...[...item.children].map(([, child]) => child)]));
    const tests = (chosen ?? [...this.byId.values()]).filter((item) => this.byId.has(item.id) && !left?.includes(item));
    tests.forEach((item) => run.started(item));
    const ids = chosen || left?.length ? tests.map(({ id }) => id) : undefined;
    await this.ran(run, ids, token)
      .catch((error) => run.appendOutput(`${error.code === ErrorCodes.PendingResponseRejected || !this.client?.isRunning() ? ENDED : error.message}\r\n`))
      .finally(() => run.end());
  }

  /** Run these tests, or all; what became of them, and what they reach, is told to `run`. */
  private async ran(run: vscode.TestRun, tests: string[] | undefined, token: vscode.CancellationToken): Promise<void> {
    const client = this.client;
    const [command, args] = tests ? ["greenline.runTests", [{ tests }]] : ["greenline.runTestsWithCoverage", [{ everywhere: true }]];
    const { job } = (await client?.sendRequest<{ job: string | null }>("workspace/executeCommand", { command, arguments: args })) ?? { job: null };
    if (!job || !client) {
      return;
    }
    token.onCancellationRequested(() => client.sendRequest("workspace/executeCommand", { command: "greenline.cancelJob", arguments: [{ job }] }));
    // Who asks twice for the same gets one job.
    const ended = await new Promise<JobEnded>((resolve) => this.waiting.set(job, [...(this.waiting.get(job) ?? []), resolve]));
    this.showsCoverage = true;
    await this.refresh();
    await this.show(run, ended);
  }

  /** A run from the palette or a lens, or after a save, or tests that were generated: the view keeps in step. */
  private async startedElsewhere(job: JobEnded): Promise<void> {
    if (!job.tests.every(({ id }) => this.byId.has(id))) {
      await this.refresh();
    }
    const items = job.tests.map(({ id }) => this.byId.get(id)).filter((item) => !!item);
    const run = this.controller.createTestRun(new vscode.TestRunRequest(items), job.title);
    await this.show(run, job).finally(() => run.end());
  }

  private async show(run: vscode.TestRun, job: JobEnded): Promise<void> {
    job.tests.forEach((test) => this.tell(run, test));
    run.appendOutput(`${job.message}\r\n`);
    if (this.showsCoverage && this.client?.isRunning()) {
      const { files } = await this.client.sendRequest<{ files: Covered[] }>("greenline/coveredFiles", {});
      files.forEach((file) => run.addCoverage(this.covered(file)));
    }
  }

  /** What became of one test: its icon, its failures at their lines, and lines of the output. */
  private tell(run: vscode.TestRun, { id, outcome, failures }: TestEnd): void {
    const item = this.byId.get(id);
    const told = [`${outcome.toUpperCase()} ${item?.parent?.label ?? ""}::${item?.label ?? id}`, ...failures.map(({ message }) => message)];
    run.appendOutput(`${told.join("\n").replaceAll("\n", "\r\n    ")}\r\n`, undefined, item);
    if (item) {
      void (outcome === "failed" ? run.failed(item, failures.map(asMessage)) : run[outcome](item));
    }
  }

  private covered(file: Covered): vscode.FileCoverage {
    const [lines, branches, functions] = [file.lines, file.branches, file.functions].map((of) => new vscode.TestCoverageCount(...of));
    const tests = file.tests.map((id) => this.byId.get(id)).filter((item) => !!item);
    return new vscode.FileCoverage(vscode.Uri.parse(file.uri), lines!, branches, functions, tests);
  }

  private async details(uri: vscode.Uri, test?: string): Promise<vscode.FileCoverageDetail[]> {
    const asked = { uri: uri.toString(), ...(test === undefined ? {} : { test }) };
    const found = await this.client?.sendRequest<Details>("greenline/coverageDetails", asked);
    const range = (of: Range): vscode.Range => new vscode.Range(of.start.line, of.start.character, of.end.line, of.end.character);
    const at = (line: number): vscode.Position => new vscode.Position(line - 1, 0);
    return [
      ...(found?.functions ?? []).map((of) => new vscode.DeclarationCoverage(of.name, of.ran, range(of.range))),
      ...(found?.statements ?? []).map(({ line, ran, branches }) => {
        const ways = (branches ?? []).map(({ to, taken }) => {
          const label = to === null ? vscode.l10n.t("to the end") : vscode.l10n.t("to line {0}", to);
          return new vscode.BranchCoverage(taken, at(line), label);
        });
        return new vscode.StatementCoverage(ran, at(line), ways);
      }),
    ];
  }
}

function asMessage({ message, uri, line }: TestFailed): vscode.TestMessage {
  const told = new vscode.TestMessage(message);
  if (uri && line) {
    told.location = new vscode.Location(vscode.Uri.parse(uri), new vscode.Position(line - 1, 0));
  }
  return told;
}
