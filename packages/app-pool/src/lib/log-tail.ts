/** The last lines of an application, and when they came. */
export interface TailLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly pid: number;
  readonly line: string;
}

/** As much as somebody reads on a screen; it is kept in memory for each application. */
const maxLines = 500;
const maxCharacters = 256 * 1024;

/** Keeps the last lines. */
export class LogTail {
  private lines: TailLine[] = [];
  private characters = 0;

  add(line: TailLine): void {
    this.lines.push(line);
    this.characters += line.line.length;
    while (this.lines.length > maxLines || this.characters > maxCharacters)
      this.characters -= this.lines.shift()!.line.length;
  }

  /** The last ones, oldest first. */
  last(count: number): readonly TailLine[] {
    return count <= 0 ? [] : this.lines.slice(-count);
  }
}
