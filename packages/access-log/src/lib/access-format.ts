import type { AccessEntry } from './access-entry.ts';

/** A format, made once for all lines. */
export interface AccessFormat {
  /** Formats one line, with its line end. */
  readonly line: (entry: AccessEntry) => string;
  /** Lines at the start of every file; `{now}` in them stands for the time at which the file was opened. */
  readonly header: string | null;
  /** Whether a line tells how long the stages took: only then the log looks at the clock when a request comes. */
  readonly usesStages: boolean;
}
