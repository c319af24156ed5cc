/** The part of a stream that is needed, for example `process.stdout`. */
export interface LineStream {
  /** Bytes that it holds because its reader is slow. */
  readonly writableLength: number;
  /** Its file descriptor; without it, lines waiting at the end of the process are lost. */
  readonly fd?: number;
  write(text: string, written: () => void): unknown;
}
