import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { createManualClock } from '@windhover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLogSinks, type LocalLogSinks } from '../src/index.ts';
import { keepLog } from './sink-fixtures.ts';

const host = '127.0.0.1';
const start = `<190>1 1970-01-01T00:00:00.000Z ${hostname()} windhover ${process.pid} access - `;

function makeSinks(): {
  sinks: LocalLogSinks;
  log: ReturnType<typeof keepLog>;
  clock: ReturnType<typeof createManualClock>;
} {
  const log = keepLog();
  const clock = createManualClock();
  const sinks = createLogSinks({ log, clock });
  onTestFinished(() => sinks.close());
  return { sinks, log, clock };
}

/** A UDP receiver on a free port; `next(count)` resolves with that many messages. */
async function receiveDatagrams(): Promise<{ port: number; next(count: number): Promise<string[]> }> {
  const socket = createSocket('udp4');
  const messages: string[] = [];
  let tell = (): void => undefined;
  socket.on('message', (message) => {
    messages.push(message.toString());
    tell();
  });
  await new Promise<void>((resolve) => socket.bind(0, host, resolve));
  onTestFinished(() => void socket.close());
  const next = async (count: number): Promise<string[]> => {
    while (messages.length < count) await new Promise<void>((resolve) => (tell = resolve));
    return messages.splice(0, count);
  };
  return { port: socket.address().port, next };
}

/** A TCP receiver that keeps all it gets. */
async function receiveStream(
  port = 0,
): Promise<{ port: number; server: Server; sockets: Socket[]; read(pattern: RegExp): Promise<string> }> {
  let text = '';
  let tell = (): void => undefined;
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      tell();
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const read = async (pattern: RegExp): Promise<string> => {
    while (!pattern.test(text)) await new Promise<void>((resolve) => (tell = resolve));
    return text;
  };
  return { port: (server.address() as AddressInfo).port, server, sockets, read };
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((given) => (resolve = given));
  return { promise, resolve };
}

describe('syslog over UDP', () => {
  it('sends each line as a message of RFC 5424 in a datagram (RFC 5426)', async () => {
    const { port, next } = await receiveDatagrams();
    const sink = makeSinks().sinks.syslog({ protocol: 'udp', host, port });
    sink.write('GET / 200\n');
    sink.write('GET /a 404\n');
    await sink.flush();
    expect(await next(2)).toEqual([`${start}GET / 200`, `${start}GET /a 404`]);
  });

  it('takes facility and application from its options, and one socket for all of a server', async () => {
    const { port, next } = await receiveDatagrams();
    const { sinks } = makeSinks();
    const sink = sinks.syslog({ protocol: 'udp', host: 'localhost', port, facility: 16, appName: 'shop' });
    sinks.syslog({ protocol: 'udp', host: 'localhost', port }).write('a\n');
    sink.write('b\n');
    await sink.flush();
    const [first, second] = await next(2);
    expect(first).toContain(' windhover ');
    expect(second).toMatch(/^<134>1 \S+ \S+ shop /);
  });
});

describe('syslog over TCP', () => {
  it('frames each message by its length (RFC 6587 §3.4.1)', async () => {
    const { port, read } = await receiveStream();
    const sink = makeSinks().sinks.syslog({ protocol: 'tcp', host, port });
    sink.write('a\n');
    sink.write('bc\n');
    await sink.flush();
    expect(await read(/bc$/)).toBe(`${start.length + 1} ${start}a${start.length + 2} ${start}bc`);
  });

  it('keeps lines while no server listens, and sends them when one does', async () => {
    const { port, server } = await receiveStream();
    await new Promise((resolve) => server.close(resolve));
    const { sinks, log, clock } = makeSinks();
    const sink = sinks.syslog({ protocol: 'tcp', host, port });
    sink.write('a\n');
    await expect(sink.flush()).rejects.toMatchObject({ code: 'ACCESS_LOG_SYSLOG' });
    const { read } = await receiveStream(port);
    clock.advance(1000);
    expect(await read(/a$/)).toContain(`${start}a`);
    await sink.flush();
    expect(log.messages).toEqual(['error: The access log cannot be written', 'info: The access log is written again']);
  });

  it('connects again when the server has closed the connection', async () => {
    const { port, sockets, read } = await receiveStream();
    const sink = makeSinks().sinks.syslog({ protocol: 'tcp', host, port });
    sink.write('a\n');
    await sink.flush();
    await read(/a$/);
    const closed = new Promise((resolve) => sockets[0]!.once('close', resolve));
    sockets[0]!.destroy();
    await closed;
    for (let count = 0; !(await arrived()); count++) {
      expect(count).toBeLessThan(20); // the close may still be on its way
      sink.write('b\n');
      await sink.flush().catch(() => undefined);
    }
    async function arrived(): Promise<boolean> {
      await new Promise((resolve) => setImmediate(resolve));
      return sockets.length > 1;
    }
    expect(await read(/b$/)).toContain(`${start}b`);
  });

  it('sends the waiting lines before it closes', async () => {
    const { port, read } = await receiveStream();
    const sink = makeSinks().sinks.syslog({ protocol: 'tcp', host, port });
    for (let number = 0; number < 5000; number++) sink.write(`line ${number}\n`);
    await sink.close();
    const text = await read(/line 4999$/);
    expect(text.match(/line \d+/g)).toHaveLength(5000);
  });

  it('keeps its memory bounded while the server reads nothing, and counts the lost lines', async () => {
    let text = '';
    const { promise: accepted, resolve: accept } = withResolvers<Socket>();
    const server = createServer({ pauseOnConnect: true }, accept);
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { sinks, log } = makeSinks();
    const sink = sinks.syslog({ protocol: 'tcp', host, port });
    const count = 30_000;
    for (let number = 0; number < count; number++) {
      sink.write(`line ${'x'.repeat(1000)}\n`);
      if (number % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(log.messages[0]).toBe('warn: The access log is written too slowly: lines are dropped');
    const socket = await accepted;
    onTestFinished(() => void socket.destroy());
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    socket.resume();
    const ended = new Promise((resolve) => socket.once('end', resolve));
    await sink.close();
    await ended;
    const received = text.split('>1 ').length - 1; // a message begins with its priority and version
    const lost = log.messages.map((message) => Number(/lost \((\d+)\)/.exec(message)?.[1] ?? 0));
    const lostCount = lost.reduce((sum, each) => sum + each);
    expect(lostCount).toBeGreaterThan(0);
    expect(received + lostCount).toBe(count);
  });
});
