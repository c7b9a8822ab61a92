/** Draws the states of lines: a bar beside the text and a mark in the ruler. The gutter stays free for breakpoints. */

import * as vscode from "vscode";
import type { LineState, LiveCoverage } from "./coverage";

/** Each state has a style of its own too: colours alone are not seen by everybody. */
const styles: Record<LineState, string> = {
  uncovered: "solid",
  partial: "dashed",
  unknown: "dotted",
  covered: "solid",
  failing: "double",
};

export class Decorations implements vscode.Disposable {
  private types = new Map<LineState, vscode.TextEditorDecorationType>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly coverage: LiveCoverage) {
    this.subscriptions = [
      coverage.onDidChange((uri) => this.draw(vscode.window.visibleTextEditors.filter((e) => e.document.uri.toString() === uri.toString()))),
      vscode.window.onDidChangeVisibleTextEditors((editors) => this.draw(editors)),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration("greenline.decorations")) {
          this.renew();
        }
      }),
    ];
    this.renew();
  }

  /** Show or hide all of it, for this person. */
  async toggle(): Promise<void> {
    const settings = vscode.workspace.getConfiguration("greenline.decorations");
    await settings.update("enabled", !settings.get("enabled", true), vscode.ConfigurationTarget.Global);
  }

  dispose(): void {
    this.subscriptions.forEach((one) => void one.dispose());
    this.forget();
  }

  private renew(): void {
    this.forget();
    const settings = vscode.workspace.getConfiguration("greenline.decorations");
    if (settings.get("enabled", true)) {
      const background = settings.get("lineBackground", false);
      const states = (Object.keys(styles) as LineState[]).filter((state) => state !== "covered" || settings.get("covered", false));
      this.types = new Map(states.map((state) => [state, decoration(state, background)]));
    }
    this.draw(vscode.window.visibleTextEditors);
  }

  private forget(): void {
    this.types.forEach((type) => void type.dispose());
    this.types.clear();
  }

  private draw(editors: readonly vscode.TextEditor[]): void {
    for (const editor of editors) {
      const coverage = this.coverage.of(editor.document);
      // Told of an older text: the editor has moved what is drawn, and a newer notification is under way.
      if (coverage && (coverage.version === null || coverage.version === editor.document.version)) {
        for (const [state, type] of this.types) {
          const runs = coverage.lines[state] ?? [];
          editor.setDecorations(type, runs.map(([first, last]) => new vscode.Range(first - 1, 0, last - 1, 0)));
        }
      }
    }
  }
}

function decoration(state: LineState, background: boolean): vscode.TextEditorDecorationType {
  const color = new vscode.ThemeColor(`greenline.${state}`);
  return vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    borderColor: color,
    borderStyle: styles[state],
    borderWidth: "0 0 0 3px",
    overviewRulerColor: color,
    overviewRulerLane: vscode.OverviewRulerLane.Left,
    // What is typed at the end of a line is of that line; what is typed behind it is not.
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    ...(background ? { backgroundColor: new vscode.ThemeColor(`greenline.${state}Background`) } : {}),
  });
}
