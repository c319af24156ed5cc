import http2 from 'node:http2';
import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { startPeerServer } from './peer-fixtures.ts';
import { get } from './talk.ts';

/** What became of the requests of many clients. */
interface Tally {
  answered: number;
  /** Sent on an open connection, and never answered. */
  lost: number;
  /** Not connected, or reset before the first byte was accepted: the listener was gone. Over HTTP/2: not sent. */
  refused: number;
}

/** Asks again and again on one connection until an answer says that it closes, or the connection is closed between two requests. */
function keepAsking(port: number, tally: Tally): Promise<void> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1').setEncoding('latin1');
    let answer = '';
    let isWaiting = false;
    const ask = (): void => {
      isWaiting = true;
      socket.write(get('/hello'));
    };
    socket.on('connect', ask);
    socket.on('data', (text) => {
      answer += text;
      if (!answer.endsWith('</p>\n')) return;
      tally.answered += 1;
      isWaiting = false;
      const isLast = answer.includes('Connection: close');
      answer = '';
      if (isLast) socket.end();
      else ask();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (isWaiting) tally.lost += 1;
      resolve();
    });
  });
}

/** Asks once on each of many connections, until there is nobody to connect to. */
async function keepConnecting(port: number, tally: Tally): Promise<void> {
  for (;;) {
    const answer = await new Promise<string>((resolve) => {
      const socket = net.connect(port, '127.0.0.1').setEncoding('latin1');
      let text = '';
      socket.write(get('/hello', 'Connection: close\r\n'));
      socket.on('data', (part) => (text += part)).on('error', () => undefined);
      socket.on('close', () => resolve(text));
    });
    if (answer === '') {
      tally.refused += 1;
      return;
    }
    if (answer.endsWith('</p>\n')) tally.answered += 1;
    else tally.lost += 1;
  }
}

/** RFC 9113 §8.7: the request was not processed. nghttp2 says so of those that it has not sent when the end is announced. */
const refusedStream = 7;

/** Asks on eight streams of one connection of HTTP/2 until the server says that it goes away. */
async function keepStreaming(url: string, tally: Tally): Promise<void> {
  const session = http2.connect(url);
  session.on('error', () => undefined); // told by its streams
  const closed = new Promise((resolve) => session.once('close', resolve));
  const ask = (): Promise<void> =>
    new Promise((resolve) => {
      const stream = session.request({ ':path': '/hello' });
      let text = '';
      stream.setEncoding('latin1').on('data', (part) => (text += part));
      stream.on('error', () => undefined);
      stream.on('close', () => {
        if (text.endsWith('</p>\n')) tally.answered += 1;
        else if (stream.rstCode === refusedStream) tally.refused += 1;
        else tally.lost += 1;
        resolve();
      });
    });
  const lane = async (): Promise<void> => {
    while (!session.closed && !session.destroyed) await ask();
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  await closed;
}

describe('SIGTERM under load', () => {
  it.each([1, 2, 3])('loses no request of 16 clients of HTTP/2 with 8 streams each, round %i', async () => {
    const server = await startPeerServer();
    const tally: Tally = { answered: 0, lost: 0, refused: 0 };
    const clients = Array.from({ length: 16 }, () => keepStreaming(server.http, tally));
    while (tally.answered < 2000) await new Promise((resolve) => setTimeout(resolve, 5));
    const exited = new Promise((resolve) => server.child.once('exit', resolve));
    server.child.kill('SIGTERM');
    await Promise.all(clients);
    expect(await exited).toBe(0);
    expect(tally.lost).toBe(0);
    expect(tally.answered).toBeGreaterThan(2000);
    expect(tally.refused).toBeLessThanOrEqual(16 * 8); // each stream once, when it was to begin
  });

  it.each([1, 2, 3])('loses no request of 64 clients, round %i', async () => {
    const server = await startPeerServer();
    const kept: Tally = { answered: 0, lost: 0, refused: 0 };
    const fresh: Tally = { answered: 0, lost: 0, refused: 0 };
    const clients = [
      ...Array.from({ length: 64 }, () => keepAsking(server.port, kept)),
      ...Array.from({ length: 8 }, () => keepConnecting(server.port, fresh)),
    ];
    while (kept.answered < 2000) await new Promise((resolve) => setTimeout(resolve, 5));
    const exited = new Promise((resolve) => server.child.once('exit', resolve));
    server.child.kill('SIGTERM');
    await Promise.all(clients);
    expect(await exited).toBe(0);
    expect([kept.lost, fresh.lost]).toEqual([0, 0]);
    expect(kept.answered).toBeGreaterThan(2000);
    expect(fresh.refused).toBe(8); // each client once, after the listener was closed
  });
});
