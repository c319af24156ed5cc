import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import type { Batch } from './batch-queue.ts';
import type { BatchTarget } from './batch-target.ts';
import { accessLogError } from './errors.ts';
import { readFrame } from './syslog-frame.ts';

/**
 * Sends each message as a datagram (RFC 5426). Nobody confirms datagrams: only what the network reports, for instance
 * that no program listens, is noticed. The name of the host is looked up when the socket is opened.
 */
export class UdpTarget implements BatchTarget {
  readonly name: string;
  private readonly host: string;
  private readonly port: number;
  private socket: Socket | null = null;
  private failure: Error | null = null;

  constructor(host: string, port: number) {
    this.host = host;
    this.port = port;
    this.name = `syslog://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  async open(): Promise<void> {
    if (this.failure !== null) this.drop();
    if (this.socket !== null) return;
    try {
      const { address, family } = await lookup(this.host);
      const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
      socket.unref();
      socket.on('error', (error) => {
        if (this.socket === socket) this.failure = error;
      });
      this.socket = socket;
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        socket.connect(this.port, address, () => {
          socket.off('error', reject);
          resolve();
        });
      });
    } catch (error) {
      this.drop();
      throw syslogError(error);
    }
  }

  async write(batch: Batch): Promise<void> {
    while (batch.start < batch.end) {
      const { message, end } = readFrame(batch.bytes, batch.start);
      await this.send(message);
      batch.start = end;
      batch.lines -= 1;
    }
  }

  reopen(): void {
    this.drop();
  }

  writeNow(): void {
    // a datagram cannot be sent at once
  }

  async close(): Promise<void> {
    this.drop();
  }

  private send(message: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.failure !== null || this.socket === null) {
        reject(syslogError(this.failure ?? new Error('The socket was closed')));
        return;
      }
      this.socket.send(message, (error) => {
        if (error === null || error === undefined) resolve();
        else reject(syslogError((this.failure = error)));
      });
    });
  }

  private drop(): void {
    this.socket?.close();
    this.socket = null;
    this.failure = null;
  }
}

function syslogError(error: unknown): Error {
  return accessLogError('ACCESS_LOG_SYSLOG', (error as Error).message, error);
}
