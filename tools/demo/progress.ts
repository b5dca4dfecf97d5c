// SPDX-License-Identifier: Apache-2.0

/** Where progress is shown: standard output, or something like it. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const width = 30;

/** One line that fills as a run goes on. Where lines cannot be rewritten, only the finished one is written. */
export class Progress {
  private shown = 0;

  constructor(
    private readonly screen: Screen,
    private readonly label: string,
    private readonly steps: number,
  ) {}

  /** Shows how far the run is, at most ten times a second. */
  update(step: number, note: string): void {
    const now = performance.now();
    if (!this.screen.isTTY || now - this.shown < 100) return;
    this.shown = now;
    this.screen.write(`\r${this.line(step, note)}`);
  }

  /** Shows the run as done and ends the line. */
  finish(note: string): void {
    this.screen.write(`${this.screen.isTTY ? '\r' : ''}${this.line(this.steps, note)}\n`);
  }

  private line(step: number, note: string): string {
    const filled = Math.round((width * step) / this.steps);
    const percent = String(Math.floor((100 * step) / this.steps)).padStart(3);
    return `${this.label} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${percent} %  ${note}`;
  }
}
