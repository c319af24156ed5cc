/** What is known of a file or folder. */
export interface FileFacts {
  /** Without its path. */
  readonly name: string;
  readonly kind: 'file' | 'folder';
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modifiedMs: number;
  /** The nine permission bits. */
  readonly mode: number;
  /** Identifies the file, also after it was renamed. Default: unknown. */
  readonly unique?: string;
}

/** An open file. */
export interface FileReader {
  readonly facts: FileFacts;
  /** Fills the buffer from the position after the last read; resolves with the number of bytes, 0 at the end. */
  read(buffer: Uint8Array): Promise<number>;
  /** The facts as of now: the file may have changed since it was opened. */
  look(): Promise<FileFacts>;
  close(): Promise<void>;
}

/** A file that is being written; it stays as it was until the first `write` or `commit`. One of `commit` and `abort` comes last. */
export interface FileWriter {
  /** Whether the file stays as it is until `commit`; otherwise it grows with each `write`. Default: false. */
  readonly isAside?: boolean;
  /** Appends the chunk, which must not change until the promise settles. */
  write(chunk: Uint8Array): Promise<void>;
  /** The upload is whole. */
  commit(): Promise<void>;
  /**
   * The upload broke off, or a limit has refused it (`isRefused`): then a file that began with it is removed, and one that was continued is cut where it
   * began, as nobody can go on with it. Default: false.
   */
  abort(isRefused?: boolean): Promise<void>;
}

/** Where an upload begins. */
export interface WriteOptions {
  /** Byte at which to begin; what lies behind it is cut. Default: 0, a new file. */
  readonly startAt?: number;
  /** Continues at the end. Default: false. */
  readonly append?: boolean;
  /** Fails with `exists` if there is one. Default: false. */
  readonly exclusive?: boolean;
  /** A file that is replaced from its first byte on stays as it is until `commit`: a limit may refuse the new one. Default: false. */
  readonly keepsReplaced?: boolean;
}

/**
 * The files of a session. Paths are absolute, with `/`, and have been normalized: without `.`, `..` or empty names. Methods reject with a
 * `FileError`; what is missing cannot be done, so a file system with the first three is read-only.
 */
export interface FtpFileSystem {
  /** `null`: there is nothing. */
  stat(path: string): Promise<FileFacts | null>;
  /** The entries of a folder, as they come. */
  list(path: string): AsyncIterable<FileFacts>;
  /** Opens a file for reading, from the byte `startAt` on. */
  read(path: string, startAt: number): Promise<FileReader>;
  write?(path: string, options: WriteOptions): Promise<FileWriter>;
  makeFolder?(path: string): Promise<void>;
  removeFolder?(path: string): Promise<void>;
  removeFile?(path: string): Promise<void>;
  rename?(from: string, to: string): Promise<void>;
  setModified?(path: string, timeMs: number): Promise<void>;
  setMode?(path: string, mode: number): Promise<void>;
  /** Whether files below a folder may take so many bytes more, as of now: for `ALLO`. Default: they may. */
  hasRoom?(path: string, bytes: number): Promise<boolean>;
}

/** Why a file system could not do something. */
export type FileFault =
  | 'not-found'
  | 'exists'
  | 'not-a-file'
  | 'not-a-folder'
  | 'not-empty'
  | 'denied'
  | 'no-space'
  | 'quota'
  | 'read-only'
  | 'bad-name'
  | 'bad-offset'
  | 'changed'
  | 'failed';
