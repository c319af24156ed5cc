import type { Connection, Logger } from '@windhover/core';
import { connect, type Deadline, type Listener, listen, type TimerWheel } from '@windhover/transport';
import { FtpError } from '../errors.ts';
import type { DataAddress } from '../protocol/parse-address.ts';
import { ReceiveSpace } from './receive-space.ts';

/** Where the next data connection comes from. */
export interface DataSource {
  /** Resolves with the connection, of which nothing was read. Call it once. */
  open(): Promise<Connection>;
  close(): void;
  /** What the connection reads into, if it can. */
  readonly space?: ReceiveSpace | null;
}

/** Opens connections to the address that a client has named. */
export function activeSource(address: DataAddress, timeoutMs: number): DataSource {
  const abort = new AbortController();
  return {
    open: () => connect(address, { timeoutMs, signal: abort.signal }),
    close: () => abort.abort(),
  };
}

/** What a passive port is opened with. */
export interface PassiveOptions {
  /** The address of this machine that the client has reached. */
  readonly host: string;
  /** The only address that may connect; `null`: any. */
  readonly client: string | null;
  /** First and last port; `null`: any that is free. */
  readonly ports: readonly [number, number] | null;
  /** How long it waits for the client. */
  readonly timeoutMs: number;
  readonly wheel: TimerWheel;
  readonly log: Pick<Logger, 'warn'>;
}

/** A port that waits for one connection of the client. */
export class PassivePort implements DataSource {
  readonly port: number;
  readonly space: ReceiveSpace | null;
  private readonly listener: Listener;
  private readonly options: PassiveOptions;
  private readonly deadline: Deadline;
  private accepted: Connection | null = null;
  private isTaken = false;
  private isClosed = false;
  private tell: { resolve(connection: Connection): void; reject(error: Error): void } | null = null;

  private constructor(listener: Listener, options: PassiveOptions, space: ReceiveSpace) {
    this.space = listener.driver === 'borrow' ? space : null;
    this.listener = listener;
    this.port = listener.port!;
    this.options = options;
    this.deadline = options.wheel.createDeadline(() => this.close());
    this.deadline.set(options.timeoutMs);
  }

  /** Listens on a port of the range: the first that is free, from a random one on. Rejects with `FTP_NO_PORT`. */
  static async open(options: PassiveOptions): Promise<PassivePort> {
    const { host, ports } = options;
    const [first, last] = ports ?? [0, 0];
    const count = last - first + 1;
    const start = Math.floor(Math.random() * count);
    for (let step = 0; step < count; step += 1) {
      let passive: PassivePort | null = null;
      const accept = (connection: Connection): void =>
        passive === null ? connection.destroy() : passive.accept(connection);
      try {
        const space = new ReceiveSpace();
        const listenOptions = { backlog: 4, readBuffer: () => space.next() };
        const address = { host, port: first + ((start + step) % count) };
        passive = new PassivePort(await listen(address, accept, listenOptions), options, space);
        return passive;
      } catch (error) {
        if ((error as { readonly code?: string }).code !== 'TRANSPORT_PORT_IN_USE') throw error;
      }
    }
    throw new FtpError('FTP_NO_PORT', `${first}-${last}`);
  }

  open(): Promise<Connection> {
    if (this.accepted !== null) return Promise.resolve(this.take(this.accepted));
    if (this.isClosed) return Promise.reject(new FtpError('FTP_DATA_FAILED', 'the client did not connect'));
    return new Promise((resolve, reject) => {
      this.tell = { resolve, reject };
      this.deadline.set(this.options.timeoutMs); // it begins anew with the command
    });
  }

  close(): void {
    if (this.isClosed) return;
    this.stop();
    if (!this.isTaken) this.accepted?.destroy();
    this.tell?.reject(new FtpError('FTP_DATA_FAILED', 'the client did not connect'));
  }

  private accept(connection: Connection): void {
    const { client, log } = this.options;
    const { remoteAddress } = connection.info;
    if (client !== null && remoteAddress !== client) {
      // The client may still come: somebody else must not be able to stop it.
      log.warn('A data connection came from another address and was closed', { client, address: remoteAddress });
      connection.destroy();
      return;
    }
    if (this.isClosed || this.accepted !== null) {
      connection.destroy();
      return;
    }
    this.accepted = connection;
    this.stop();
    this.tell?.resolve(this.take(connection));
  }

  private take(connection: Connection): Connection {
    this.isTaken = true;
    return connection;
  }

  private stop(): void {
    this.isClosed = true;
    this.deadline.dispose();
    void this.listener.close();
  }
}
