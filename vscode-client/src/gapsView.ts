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

export class GapsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private client: LanguageClient | undefined;
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view = vscode.window.createTreeView("greenline.gaps", { treeDataProvider: this, canSelectMany: true, showCollapseAll: true });

  listenTo(client: LanguageClient): void {
    this.client = client;
    client.onDidChangeState(() => this.refresh());
  }

  refresh(): void {
    this.changed.fire();
  }

  /** What tests are to be generated for: the item that was clicked, or all that are selected, or the one that the keys went to. */
  async targets(clicked: unknown, selected: unknown): Promise<Target[]> {
    if (!clicked && !this.view.selection.length) {
      await vscode.commands.executeCommand("list.toggleSelection"); // the editor tells of what is selected, and not of what has the focus
    }
    const nodes = (Array.isArray(selected) ? selected : clicked ? [clicked] : this.view.selection) as Node[];
    return nodes.map((node) => node.target).filter((target) => !!target);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (!this.client?.isRunning()) {
      return [];
    }
    if (node?.gaps) {
      return node.gaps.map((gap) => ({ ...gap, uri: node.uri, target: node.target ?? null }));
    }
    const answer = await this.client.sendRequest<Answer>("greenline/gaps", node ? { uri: node.uri } : {});
    if (node) {
      return (answer.functions ?? []).map((found) => ({ ...found, uri: node.uri }));
    }
    this.view.message = answer.more ? vscode.l10n.t("And {0} more files.", answer.more) : "";
    void vscode.commands.executeCommand("setContext", "greenline.gaps", answer.state);
    return (answer.files ?? []).map((file) => ({ ...file, target: { uri: file.uri } }));
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

  dispose(): void {
    this.view.dispose();
    this.changed.dispose();
  }
}
