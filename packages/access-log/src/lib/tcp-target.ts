import { connect, type Socket } from 'node:net';
import type { Batch } from './batch-queue.ts';
import type { BatchTarget } from './batch-target.ts';
import { accessLogError } from './errors.ts';

/** How long connecting, and the server without taking anything, may take, in milliseconds. */
const patienceMs = 5000;

/**
 * Sends messages over a connection, with octet counting (RFC 6587 §3.4.1). A batch counts as sent when the kernel has
 * taken it. After a failure the batch is sent again whole, so some messages may arrive twice, and those that the kernel
 * held may be lost: the protocol has no confirmation.
 */
export class TcpTarget implements BatchTarget {
  readonly name: string;
  private readonly host: string;
  private readonly port: number;
  private socket: Socket | null = null;
  private failure: Error | null = null;

  constructor(host: string, port: number) {
    this.host = host;
    this.port = port;
    this.name = `syslog+tcp://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  async open(): Promise<void> {
    if (this.failure !== null) this.drop();
    if (this.socket !== null) return;
    const socket = connect({ host: this.host, port: this.port });
    socket.setTimeout(patienceMs);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('timeout', () => socket.destroy(new Error('It does not answer')));
      socket.once('close', () => reject(accessLogError('ACCESS_LOG_SYSLOG', 'The connection was closed')));
      socket.once('error', (error) => reject(syslogError(error)));
    });
    socket.setTimeout(0);
    socket.unref(); // an idle connection does not keep the process alive
    socket.on('error', (error) => this.failed(socket, error));
    socket.on('close', () => this.failed(socket, new Error('The server closed the connection')));
    socket.resume(); // syslog servers send nothing, but their end must be noticed
    this.socket = socket;
    this.failure = null;
  }

  async write(batch: Batch): Promise<void> {
    const { socket } = this;
    if (socket === null || this.failure !== null) throw syslogError(this.failure ?? new Error('Not connected'));
    socket.setTimeout(patienceMs);
    socket.ref();
    await new Promise<void>((resolve, reject) => {
      const stop = (): void => reject(syslogError(this.failure ?? new Error('The connection was closed')));
      socket.once('close', stop);
      socket.write(Buffer.from(batch.bytes.subarray(batch.start, batch.end)), (error) => {
        socket.off('close', stop);
        socket.setTimeout(0);
        socket.unref();
        if (error === null || error === undefined) resolve();
        else reject(syslogError(error));
      });
    });
    batch.start = batch.end;
  }

  reopen(): void {
    this.failure ??= new Error('The connection is made again');
  }

  writeNow(): void {
    // nothing can be sent at once
  }

  async close(): Promise<void> {
    const { socket } = this;
    this.socket = null;
    if (socket === null || socket.destroyed) return;
    socket.setTimeout(patienceMs);
    socket.ref();
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
      socket.end(() => socket.destroySoon());
    });
  }

  private failed(socket: Socket, error: Error): void {
    if (this.socket === socket) this.failure ??= error;
  }

  private drop(): void {
    this.socket?.destroy();
    this.socket = null;
    this.failure = null;
  }
}

function syslogError(error: unknown): Error {
  return accessLogError('ACCESS_LOG_SYSLOG', (error as Error).message, error);
}
