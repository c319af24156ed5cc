import { hostname } from 'node:os';
import { type Clock, type Logger, systemClock } from '@windhover/core';
import { FileTarget } from './file-target.ts';
import type { FileSinkOptions, LineSink, LogSinks, SyslogOptions } from './line-sink.ts';
import { QueuedSink, type SinkServices } from './queued-sink.ts';
import { realPath } from './real-path.ts';
import { syslogMessage, toFrame } from './syslog-frame.ts';
import { TcpTarget } from './tcp-target.ts';
import { UdpTarget } from './udp-target.ts';

/** Options of `createLogSinks`. */
export interface LogSinksOptions {
  /** Takes the lines for the console. Default: they are written to `process.stdout`. */
  readonly console?: (line: string) => void;
  /** Hears about files that cannot be written and lines that are lost. Default: warnings and errors go to stderr. */
  readonly log?: Logger;
  /** The clock. Default: the system's. */
  readonly clock?: Clock;
}

/** Sinks that write in this process. */
export interface LocalLogSinks extends LogSinks {
  /** Opens every file again, for instance after `logrotate` has renamed them. */
  reopen(): void;
  /** Writes what is waiting and closes everything. */
  close(): Promise<void>;
}

interface Shared {
  readonly sink: QueuedSink;
  readonly configure: (options: FileSinkOptions) => void;
  holders: number;
}

/**
 * Creates sinks that write in this process. Each file and each syslog server has one writer, however often it is named;
 * it is closed when everybody has closed it. Lines that wait when the process exits are still written to files.
 */
export function createLogSinks(options: LogSinksOptions = {}): LocalLogSinks {
  const { log = stderrLog, clock = systemClock } = options;
  const writers = new Writers();
  return {
    console: consoleSink(options.console ?? ((line) => void process.stdout.write(line))),
    file: (path, fileOptions = {}) => writers.file(realPath(path), fileOptions, { log, clock }),
    syslog: (syslogOptions) => writers.syslog(syslogOptions, { log, clock }),
    reopen: () => writers.reopen(),
    close: () => writers.close(),
  };
}

class Writers {
  private readonly shared = new Map<string, Shared>();
  /** Those that are being closed too: what they have not written must be written at an exit. */
  private readonly open = new Set<QueuedSink>();
  private readonly onExit = (): void => {
    for (const sink of this.open) sink.writeNow();
  };

  file(path: string, options: FileSinkOptions, services: SinkServices): LineSink {
    const shared = this.hold(path, () => {
      const target = new FileTarget(path, options, services);
      return { sink: new QueuedSink(target, services), configure: (changed) => target.configure(changed), holders: 0 };
    });
    shared.configure(options);
    return this.handle(path, shared, (line) => shared.sink.write(line));
  }

  syslog(options: SyslogOptions, services: SinkServices): LineSink {
    const { protocol, host, port = 514, facility = 23, appName = 'windhover' } = options;
    const key = `${protocol} ${host} ${port}`;
    const shared = this.hold(key, () => {
      const target = protocol === 'tcp' ? new TcpTarget(host, port) : new UdpTarget(host, port);
      return { sink: new QueuedSink(target, services), configure: () => undefined, holders: 0 };
    });
    const message = syslogMessage({ facility, appName, hostName: hostname(), processId: process.pid });
    return this.handle(key, shared, (line) => shared.sink.write(toFrame(message(line, services.clock.now()))));
  }

  reopen(): void {
    for (const { sink } of this.shared.values()) sink.reopen();
  }

  async close(): Promise<void> {
    this.shared.clear();
    await Promise.all([...this.open].map((sink) => this.closeSink(sink)));
  }

  private hold(key: string, make: () => Shared): Shared {
    let shared = this.shared.get(key);
    if (shared === undefined) {
      if (this.open.size === 0) process.on('exit', this.onExit);
      shared = make();
      this.open.add(shared.sink);
      this.shared.set(key, shared);
    }
    shared.holders += 1;
    return shared;
  }

  private handle(key: string, shared: Shared, write: (line: string) => void): LineSink {
    const { sink } = shared;
    let isClosed = false;
    return {
      write,
      flush: () => sink.flush(),
      reopen: () => sink.reopen(),
      close: async () => {
        if (isClosed) return;
        isClosed = true;
        shared.holders -= 1;
        if (shared.holders > 0) return sink.flush().catch(() => undefined); // the trouble is told already
        if (this.shared.get(key) === shared) this.shared.delete(key);
        await this.closeSink(sink);
      },
    };
  }

  private async closeSink(sink: QueuedSink): Promise<void> {
    await sink.close();
    if (this.open.delete(sink) && this.open.size === 0) process.off('exit', this.onExit);
  }
}

function consoleSink(write: (line: string) => void): LineSink {
  return {
    write,
    flush: async () => undefined,
    reopen: () => undefined,
    close: async () => undefined,
  };
}

const stderrLog: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message, facts) => tell(message, facts),
  error: (message, facts) => tell(message, facts),
};

function tell(message: string, facts: Readonly<Record<string, unknown>> = {}): void {
  const texts = Object.entries(facts).map(
    ([name, value]) => `${name}=${value instanceof Error ? value.message : value}`,
  );
  process.stderr.write(`${message} (${texts.join(', ')})\n`);
}
