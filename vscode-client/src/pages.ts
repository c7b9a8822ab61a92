/** Pages beside the editors: what the doctor says, with links that put it right, and what the server drew of a whole project. */

import * as vscode from "vscode";

const allowed = ["greenline.installPytest", "greenline.runTestsWithCoverage", "greenline.model.allow", "workbench.action.openSettings"];

export class Pages implements vscode.Disposable {
  private readonly panels = new Map<string, vscode.WebviewPanel>();

  /** Show what the doctor says, which has no script. */
  async showStatus(markdown: string): Promise<void> {
    const settings = (link: string): string => link.replaceAll(/setting:([\w.]+)/g, "command:workbench.action.openSettings?%22$1%22");
    const body = await vscode.commands.executeCommand<string>("markdown.api.render", settings(markdown));
    this.show("Greenline", `<meta http-equiv="Content-Security-Policy" content="default-src 'none'">${body}`, { enableCommandUris: allowed });
  }

  /** Show a page of the server's, which runs no commands. Its own policy lets no script run but its own, and loads nothing. */
  async showFile(title: string, page: vscode.Uri): Promise<void> {
    const html = new TextDecoder().decode(await vscode.workspace.fs.readFile(page));
    this.show(title, html, { enableScripts: true, enableFindWidget: true, retainContextWhenHidden: true, localResourceRoots: [] });
  }

  dispose(): void {
    this.panels.forEach((panel) => void panel.dispose());
  }

  /** In the place of what was shown under this title before. */
  private show(title: string, html: string, options: vscode.WebviewOptions & vscode.WebviewPanelOptions): void {
    const panel = this.panels.get(title) ?? vscode.window.createWebviewPanel("greenline.page", title, vscode.ViewColumn.Active, options);
    this.panels.set(title, panel);
    panel.onDidDispose(() => this.panels.delete(title));
    panel.webview.html = html;
    panel.reveal();
  }
}
