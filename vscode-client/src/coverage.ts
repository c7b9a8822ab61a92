/** What the server tells of open documents (`greenline/coverage`, see docs/protocol.md): kept, and handed on. */

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";

export type LineState = "covered" | "uncovered" | "partial" | "unknown" | "failing";

/** First and last line, counted from 1. */
export type Run = readonly [number, number];

export interface Coverage {
  readonly uri: string;
  readonly version: number | null;
  readonly lines: Readonly<Partial<Record<LineState, readonly Run[]>>>;
  /** For the status bar, and for who points at it or has it read out. */
  readonly title: string;
  readonly details: string;
}

/** The newest coverage of each document. It outlives a server that is restarted, so that nothing flickers. */
export class LiveCoverage implements vscode.Disposable {
  private readonly known = new Map<string, Coverage>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly closing = vscode.workspace.onDidCloseTextDocument((document) => this.known.delete(document.uri.toString()));

  /** Fires with the document whose coverage is another now. */
  readonly onDidChange = this.changed.event;

  listenTo(client: LanguageClient): void {
    client.onNotification("greenline/coverage", (coverage: Coverage) => {
      const uri = vscode.Uri.parse(coverage.uri);
      this.known.set(uri.toString(), coverage);
      this.changed.fire(uri);
    });
  }

  of(document: vscode.TextDocument): Coverage | undefined {
    return this.known.get(document.uri.toString());
  }

  dispose(): void {
    this.closing.dispose();
    this.changed.dispose();
  }
}
