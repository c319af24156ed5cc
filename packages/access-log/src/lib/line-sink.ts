/** Takes lines and writes them somewhere, without making the caller wait. */
export interface LineSink {
  /** Takes a line with its line end. It never throws and never waits: a line that cannot be kept is dropped and counted. */
  write(line: string): void;
  /** Resolves when every line taken so far is written; rejects if that is not possible now. Opens the target if need be. */
  flush(): Promise<void>;
  /** Opens the target again, for instance after a program has renamed the file. */
  reopen(): void;
  /** Writes what is waiting, and closes. For a file it is on the disk then (`fsync`). Never rejects. */
  close(): Promise<void>;
}

/** When a file is renamed and a new one begins. */
export interface RotateOptions {
  /** Before a write would make the file larger than this. `null`: at no size. Default: `null`. */
  readonly sizeBytes?: number | null;
  /**
   * At the first line of a new period. Periods are multiples of this time since 1970, in UTC: a day begins at midnight
   * UTC. `null`: at no time. Default: `null`.
   */
  readonly everyMs?: number | null;
  /** How many older files are kept: `access.log.1` is the newest. Default: 10, as many backups as a week and a half of days. */
  readonly keep?: number;
}

/** Options of a file. They are data, so that they can be sent to another process. */
export interface FileSinkOptions {
  /** Default: the file is never rotated, but may be by another program: `reopen()`. */
  readonly rotate?: RotateOptions | null;
  /** Lines that begin every file; `{now}` in them is replaced by the time, `2026-03-01 12:00:00`. Default: none. */
  readonly header?: string | null;
}

/** Options of a syslog server. They are data, so that they can be sent to another process. */
export interface SyslogOptions {
  /** UDP (RFC 5426), or TCP with octet counting (RFC 6587 §3.4.1). Node cannot reach `/dev/log`: it has no Unix datagrams. */
  readonly protocol: 'udp' | 'tcp';
  readonly host: string;
  /** Default: 514. */
  readonly port?: number;
  /** Default: 23 (`local7`), as in nginx. */
  readonly facility?: number;
  /** Default: `windhover`. */
  readonly appName?: string;
}

/** Makes the sinks. A server with several processes has its own, which forward the lines to the one that writes them. */
export interface LogSinks {
  readonly console: LineSink;
  /** Everybody who names the same file gets the same writer. The options given last count. Opens nothing yet. */
  file(path: string, options?: FileSinkOptions): LineSink;
  /** Opens nothing yet. */
  syslog(options: SyslogOptions): LineSink;
}
