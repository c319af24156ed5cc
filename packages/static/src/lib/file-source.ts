import type { FileFacts } from './file-facts.ts';

/**
 * Where files come from: a folder on disk, memory, an archive. `staticFiles` checks names before it asks, so a source
 * gets only names that are plainly one entry: never empty, never `..`, without separators.
 */
export interface FileSource {
  /**
   * Finds the entry at a place below the top; no names mean the top itself. `null`: nothing that clients may get.
   * Throws an `HttpError` for an entry that exists but cannot be read.
   */
  find(names: readonly string[]): FoundEntry | null | Promise<FoundEntry | null>;
  /**
   * The entries of a folder, in any order. Entries that `find` would not return may be among them. The caller stops
   * when it has enough.
   */
  list(names: readonly string[]): AsyncIterable<string> | Iterable<string>;
  /** The place of an entry, for people: a path. */
  describe(names: readonly string[]): string;
  /** What `find` would say, and why, without waiting: for `explainFile`. */
  inspect(names: readonly string[]): Inspection;
}

/** A file or folder of a source. */
export type FoundEntry = FoundFolder | FoundFile;

/** What stands at a place, for people. */
export interface Inspection {
  /** `unknown`: the source cannot tell without waiting. */
  readonly kind: 'file' | 'folder' | 'none' | 'forbidden' | 'unknown';
  readonly because: string;
}

export interface FoundFolder {
  readonly kind: 'folder';
  /** The same for two paths of one folder. */
  readonly id: string;
  /** Milliseconds since the epoch; `null` if unknown. */
  readonly modifiedMs: number | null;
}

export interface FoundFile {
  readonly kind: 'file';
  readonly facts: FileFacts;
  /** `null`: it has disappeared. */
  open(): Promise<OpenFile | null>;
}

/** An open file. Its owner closes it, once. */
export interface OpenFile {
  /** The facts when it was opened. */
  readonly facts: FileFacts;
  /** Reads into `into` from `position`; the result is how many bytes were read, 0 at the end. */
  read(into: Uint8Array, position: number): number | Promise<number>;
  /** The facts now. A file that is overwritten in place must have other times than before. */
  look(): FileFacts | Promise<FileFacts>;
  close(): void | Promise<void>;
}
