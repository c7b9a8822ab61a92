/** The Gaps view: what the server says that tests would gain, the worst first. Nothing is ranked or counted here. */

import * as vscode from "vscode";
import type { LanguageClient, Range } from "vscode-languageclient/node";

interface Target {
  readonly uri: string;
  readonly qualname?: string;
}

/** A file, one of its functions, or a gap in one of those; docs/protocol.md has what each says. */
interface Node {
  readonly uri: string;
  readonly name?: string;
  readonly folder?: string;
  readonly percent?: number;
  readonly words?: string;
  readonly message?: string;
  readonly kind?: "uncovered" | "partial-branch";
  readonly range?: Range;
  readonly target?: Target | null;
  readonly gaps?: Node[];
}

interface Answer {
  readonly state: string;
  readonly files?: Node[];
  readonly functions?: Node[];
  readonly more?: number;
}

/** Of which the server tells the rows below: the project, or one of its files. */
const PROJECT = "";

/** For how long VS Code is waited for, which must ask for all rows anew before it knows which of them are selected. */
const TRIES = 50;
const PAUSE_MS = 100;

export class GapsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private client: LanguageClient | undefined;
  /** The client that is being asked for the next rows. */
  private asked: LanguageClient | undefined;
  private isStale = false;
  /** Rows of the project, and of files. */
  private known = new Map<string, Node[]>();
  /** Of those, what VS Code was told to ask for and has not yet. */
  private due = new Set<string>();
  private readonly opened = new Set<string>();
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view = vscode.window.createTreeView("greenline.gaps", { treeDataProvider: this, canSelectMany: true, showCollapseAll: true });

  constructor() {
    const isFile = (node: Node) => !node.range;
    this.view.onDidExpandElement(({ element }) => isFile(element) && this.opened.add(element.uri));
    this.view.onDidCollapseElement(({ element }) => isFile(element) && this.opened.delete(element.uri));
  }

  listenTo(client: LanguageClient): void {
    this.client = client;
    client.onDidChangeState(() => void this.refresh());
  }

  /** Asks first and shows then: once told of a change, VS Code forgets all rows, and what is just done to one of them. */
  async refresh(): Promise<void> {
    const client = this.client;
    if (!client?.isRunning()) {
      this.asked = undefined; // it may never answer
      return this.show(new Map());
    }
    this.isStale = true;
    while (this.isStale && this.asked !== client) {
      this.isStale = false;
      this.asked = client;
      const found = await this.rowsOf(client).catch(() => new Map<string, Node[]>());
      if (this.asked !== client) {
        return; // another one runs
      }
      this.asked = undefined;
      this.show(found);
    }
  }

  /** What tests are to be generated for: the item that was clicked, or all that are selected, or the one that the keys went to. */
  async targets(clicked: unknown, selected: unknown): Promise<Target[]> {
    const nodes = (Array.isArray(selected) ? selected : clicked ? [clicked] : await this.chosen()) as Node[];
    return nodes.map((node) => node.target).filter((target) => !!target);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (!this.client?.isRunning()) {
      return [];
    }
    if (node?.gaps) {
      return node.gaps.map((gap) => ({ ...gap, uri: node.uri, target: node.target ?? null }));
    }
    const place = node?.uri ?? PROJECT;
    const known = this.known; // what is asked now is nothing to the next picture
    const children = known.get(place) ?? (await this.ask(this.client, place));
    known.set(place, children);
    this.due.delete(place);
    return children;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const { None, Collapsed } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(node.message ?? node.name ?? "", node.message ? None : Collapsed);
    const icon = node.range ? "symbol-function" : "file-code";
    item.iconPath = new vscode.ThemeIcon(node.kind === "uncovered" ? "circle-slash" : node.kind ? "git-branch" : icon);
    item.description = [node.percent === undefined ? "" : `${node.percent} %`, node.words, node.folder].filter(Boolean).join(" · ");
    const missing = node.words ? vscode.l10n.t("not covered: {0}", node.words) : "";
    const covered = node.percent === undefined ? "" : vscode.l10n.t("{0} % covered", node.percent);
    item.accessibilityInformation = { label: [item.label, node.folder, covered, missing].filter(Boolean).join(", ") };
    item.contextValue = node.target ? "target" : "place";
    if (node.range && this.client) {
      const options = { selection: this.client.protocol2CodeConverter.asRange(node.range) };
      item.command = { command: "vscode.open", title: vscode.l10n.t("Open"), arguments: [vscode.Uri.parse(node.uri), options] };
    }
    return item;
  }

  /** The selected rows, else the one that has the focus. */
  private async chosen(): Promise<readonly Node[]> {
    for (let left = TRIES; left > 0 && this.due.size; left -= 1) {
      await new Promise((go) => setTimeout(go, PAUSE_MS));
    }
    if (this.view.selection.length) {
      return this.view.selection;
    }
    await vscode.commands.executeCommand("list.toggleSelection"); // the editor tells of what is selected, and not of what has the focus
    const found = this.view.selection;
    await vscode.commands.executeCommand("list.toggleSelection"); // else the next one would be this row, too
    return found;
  }

  private show(rows: Map<string, Node[]>): void {
    this.known = rows;
    this.due = new Set(rows.keys());
    this.changed.fire();
  }

  private async rowsOf(client: LanguageClient): Promise<Map<string, Node[]>> {
    if (!this.view.visible || !this.known.has(PROJECT)) {
      return new Map(); // VS Code asks once somebody looks
    }
    const files = await this.ask(client, PROJECT);
    const opened = files.filter(({ uri }) => this.opened.has(uri));
    const rows = await Promise.all(opened.map(async ({ uri }) => [uri, await this.ask(client, uri)] as const));
    return new Map([[PROJECT, files], ...rows]);
  }

  private async ask(client: LanguageClient, place: string): Promise<Node[]> {
    const answer = await client.sendRequest<Answer>("greenline/gaps", place === PROJECT ? {} : { uri: place });
    if (place !== PROJECT) {
      return (answer.functions ?? []).map((found) => ({ ...found, uri: place }));
    }
    this.view.message = answer.more ? vscode.l10n.t("And {0} more files.", answer.more) : "";
    void vscode.commands.executeCommand("setContext", "greenline.gaps", answer.state);
    return (answer.files ?? []).map((file) => ({ ...file, target: { uri: file.uri } }));
  }

  dispose(): void {
    this.view.dispose();
    this.changed.dispose();
  }
}
