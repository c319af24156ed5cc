import type { TransferInfo } from '../session/session-info.ts';
import type { DataConnection } from './data-connection.ts';
import type { DataSource } from './data-source.ts';

/** A transfer that is under way. */
export class Transfer implements TransferInfo {
  readonly verb: string;
  readonly path: string;
  readonly startedAt: number;
  bytes = 0;
  isAborted = false;
  data: DataConnection | null = null;
  /** The connection before its TLS handshake is over. */
  raw: { destroy(): void } | null = null;
  readonly source: DataSource;
  /** Resolves after its reply was sent. */
  readonly settled: Promise<void>;
  settle!: () => void;

  constructor(verb: string, path: string, source: DataSource, startedAt: number) {
    this.verb = verb;
    this.path = path;
    this.source = source;
    this.startedAt = startedAt;
    this.settled = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  abort(): void {
    this.isAborted = true;
    this.source.close();
    this.raw?.destroy();
    this.data?.destroy();
  }
}
