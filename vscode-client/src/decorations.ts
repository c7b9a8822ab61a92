/**
 * Draws the states of lines: a bar beside the text and a mark in the ruler, and where that is wanted an icon in the gutter. Icons are
 * not there by default: where one is, VS Code sets no breakpoint by a click.
 */

import * as vscode from "vscode";
import type { LineState, LiveCoverage, Run } from "./coverage";

const { Left, Center, Right, Full } = vscode.OverviewRulerLane;

/**
 * Each state has a shape and a place in the ruler of its own, its icon (media) too: colours alone are not seen by everybody. A line is
 * short: dashes that are wider have no gap in it.
 */
const looks: Record<LineState, readonly [style: string, pixels: number, lane?: vscode.OverviewRulerLane]> = {
  uncovered: ["solid", 5, Left],
  partial: ["dashed", 3, Center],
  unknown: ["dotted", 4, Right],
  covered: ["solid", 2],
  failing: ["double", 6, Full],
};

export class Decorations implements vscode.Disposable {
  private types = new Map<LineState, vscode.TextEditorDecorationType>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly coverage: LiveCoverage, private readonly media: vscode.Uri) {
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
    [...this.subscriptions, ...this.types.values()].forEach((one) => void one.dispose());
  }

  private renew(): void {
    this.types.forEach((type) => void type.dispose());
    const settings = vscode.workspace.getConfiguration("greenline.decorations");
    const wanted = (state: LineState) => settings.get("enabled", true) && (state !== "covered" || settings.get("covered", false));
    this.types = new Map((Object.keys(looks) as LineState[]).filter(wanted).map((state) => [state, decoration(state, settings, this.media)]));
    this.draw(vscode.window.visibleTextEditors);
  }

  private draw(editors: readonly vscode.TextEditor[]): void {
    for (const editor of editors) {
      const coverage = this.coverage.of(editor.document);
      // Told of an older text: the editor has moved what is drawn, and a newer notification is under way.
      if (coverage && (coverage.version === null || coverage.version === editor.document.version)) {
        for (const [state, type] of this.types) {
          // Lines of failing tests ran too: one line has one shape.
          const runs = without(coverage.lines[state] ?? [], state === "failing" ? [] : (coverage.lines.failing ?? []));
          editor.setDecorations(type, runs.map(([first, last]) => new vscode.Range(first - 1, 0, last - 1, 0)));
        }
      }
    }
  }
}

function without(runs: readonly Run[], others: readonly Run[]): readonly Run[] {
  const beside = ([first, last]: Run, [from, to]: Run): Run[] => [[first, Math.min(last, from - 1)], [Math.max(first, to + 1), last]];
  return others.reduce((left, other) => left.flatMap((run) => beside(run, other).filter(([first, last]) => first <= last)), runs);
}

function decoration(state: LineState, settings: vscode.WorkspaceConfiguration, media: vscode.Uri): vscode.TextEditorDecorationType {
  const [borderStyle, pixels, overviewRulerLane] = looks[state];
  const borderColor = new vscode.ThemeColor(`greenline.${state}`);
  const icon = (theme: string) => ({ gutterIconPath: vscode.Uri.joinPath(media, `${state}-${theme}.svg`) });
  return vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    borderColor,
    borderStyle,
    borderWidth: `0 0 0 ${pixels}px`,
    // What is typed at the end of a line is of that line; what is typed behind it is not.
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    ...(overviewRulerLane ? { overviewRulerColor: borderColor, overviewRulerLane } : {}),
    ...(settings.get("gutterIcons", false) ? { light: icon("light"), dark: icon("dark"), gutterIconSize: "contain" } : {}),
    ...(settings.get("lineBackground", false) ? { backgroundColor: new vscode.ThemeColor(`greenline.${state}Background`) } : {}),
  });
}
