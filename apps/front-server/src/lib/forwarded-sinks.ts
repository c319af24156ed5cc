import { createLogSinks, type LineSink, type LogSinks } from '@windhover/access-log';
import type { Peer } from './peer.ts';
import type { LogTarget } from './worker-questions.ts';

/** How long lines are gathered, in milliseconds: nobody who follows a log notices. */
const gatherMs = 100;
/** A batch of this many characters is sent at once. */
const batchLength = 65_536;
/** Lines beyond this many bytes that the supervisor has not taken are dropped: logging must not fill the memory. */
const maxPendingBytes = 8 * 1024 * 1024;
/** How long the supervisor may take to open, write or close a log. */
const answerMs = 10_000;

/** The sinks of a worker: the supervisor is the one writer of each file, and the console is the worker's own. */
export function forwardedSinks(
  supervisor: Pick<Peer, 'ask' | 'tell'>,
  { writeConsole, pendingBytes }: { writeConsole: (line: string) => void; pendingBytes: () => number },
): LogSinks {
  let opened = 0;
  const open = (target: LogTarget): LineSink => {
    opened += 1;
    return new ForwardedSink(supervisor, { log: String(opened), target, pendingBytes });
  };
  return {
    console: createLogSinks({ console: writeConsole }).console,
    file: (file, options = {}) => open({ file, options }),
    syslog: (syslog) => open({ syslog }),
  };
}

class ForwardedSink implements LineSink {
  private readonly supervisor: Pick<Peer, 'ask' | 'tell'>;
  private readonly log: string;
  private readonly pendingBytes: () => number;
  private batch = '';
  private timer: NodeJS.Timeout | null = null;
  private dropped = 0;

  constructor(
    supervisor: Pick<Peer, 'ask' | 'tell'>,
    { log, target, pendingBytes }: { log: string; target: LogTarget; pendingBytes: () => number },
  ) {
    this.supervisor = supervisor;
    this.log = log;
    this.pendingBytes = pendingBytes;
    supervisor.tell({ kind: 'open-log', log, target });
  }

  write(line: string): void {
    this.batch += line;
    if (this.batch.length >= batchLength) this.send();
    else this.timer ??= setTimeout(() => this.send(), gatherMs).unref();
  }

  async flush(): Promise<void> {
    this.send();
    await this.supervisor.ask({ kind: 'flush-log', log: this.log }, answerMs);
  }

  reopen(): void {
    // The supervisor opens its files again by itself.
  }

  async close(): Promise<void> {
    this.send();
    await this.supervisor.ask({ kind: 'close-log', log: this.log }, answerMs).catch(() => undefined); // it may be gone
  }

  private send(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const { batch, log } = this;
    if (batch === '') return;
    this.batch = '';
    if (this.pendingBytes() > maxPendingBytes) {
      this.dropped += 1;
      if (this.dropped === 1) process.stderr.write('The access log is slower than the requests: lines are dropped\n');
    } else {
      this.dropped = 0;
      this.supervisor.tell({ kind: 'log', log, text: batch });
    }
  }
}
