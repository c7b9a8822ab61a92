/** The report's status: what the doctor says, as a page whose links put right what is wrong. */

import * as vscode from "vscode";

const allowed = ["greenline.installPytest", "greenline.runTestsWithCoverage", "greenline.model.allow", "workbench.action.openSettings"];

export class StatusPage implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;

  /** Show it, in the place of what was shown before. */
  async show(markdown: string): Promise<void> {
    const { Active } = vscode.ViewColumn;
    this.panel ??= vscode.window.createWebviewPanel("greenline.status", "Greenline", Active, { enableCommandUris: allowed });
    this.panel.onDidDispose(() => (this.panel = undefined));
    const settings = (link: string): string => link.replaceAll(/setting:([\w.]+)/g, "command:workbench.action.openSettings?%22$1%22");
    const body = await vscode.commands.executeCommand<string>("markdown.api.render", settings(markdown));
    this.panel.webview.html = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'">${body}`;
    this.panel.reveal();
  }

  dispose(): void {
    this.panel?.dispose();
  }
}
