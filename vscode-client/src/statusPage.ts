/** The report's status: what the doctor says, as a page that is nobody's file. */

import * as vscode from "vscode";

const scheme = "greenline-status";

export class StatusPage implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private markdown = "";
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registered = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  private readonly page = vscode.Uri.from({ scheme, path: "Greenline.md" });

  readonly onDidChange = this.changed.event;

  provideTextDocumentContent(): string {
    return this.markdown;
  }

  /** Show it, in the place of what was shown before. */
  async show(markdown: string): Promise<void> {
    this.markdown = markdown;
    this.changed.fire(this.page);
    await vscode.commands.executeCommand("markdown.showPreview", this.page);
  }

  dispose(): void {
    this.registered.dispose();
    this.changed.dispose();
  }
}
