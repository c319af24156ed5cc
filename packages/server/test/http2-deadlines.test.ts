import net from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createServer, type ServerLimits } from '../src/index.ts';
import { frame, greeting, type Heard, head, hear, preface } from './http2-bytes.ts';

interface Scene {
  readonly socket: net.Socket;
  readonly heard: Heard;
  /** The codes of the errors that were reported. */
  readonly told: string[];
  readonly connections: () => number;
}

/** A connection to a server with short times, over a socket. GET is answered with a megabyte, POST when its body is there. */
async function start(limits: Partial<ServerLimits>): Promise<Scene> {
  const told: string[] = [];
  const server = createServer(
    async ({ request, response }) => {
      if (request.method === 'GET') response.body = new Uint8Array(32_000_000);
      else response.body = `${(await request.body.bytes()).length} bytes`;
    },
    { limits, onProtocolError: ({ code, status }) => void told.push(`${code} ${status}`) },
  );
  const listener = await server.listen({ host: '127.0.0.1', port: 0 }, { http2: 'prior-knowledge' });
  onTestFinished(() => server.close({ timeoutMs: 0 }));
  const socket = net.connect((listener.address as { port: number }).port, '127.0.0.1');
  return { socket, heard: hear(socket), told, connections: () => server.connections };
}

const half = 300;
const goodbye = /^GOAWAY 0 [0-9a-f]{8}00000000$/;

describe('over a socket with HTTP/2', () => {
  it.each([
    ['half of a preface', preface.subarray(0, 10)],
    ['a preface and half of SETTINGS', greeting.subarray(0, preface.length + 5)],
    ['half of a head', Buffer.concat([greeting, head(1, 'GET', 5).subarray(0, 11)])],
    ['a head without its end', Buffer.concat([greeting, head(1, 'GET', 1)])],
  ])('headersTimeoutMs closes a connection that has sent %s', async (_what, bytes) => {
    const { socket, heard, connections } = await start({ headersTimeoutMs: half });
    socket.write(bytes);
    await expect.poll(() => heard.isClosed).toBe(true);
    expect(heard.frames().some((each) => each.startsWith('HEADERS'))).toBe(false);
    await expect.poll(connections).toBe(0);
  });

  it.each([['keepAliveTimeoutMs'], ['maxConnectionAgeMs']] as const)(
    '%s says goodbye to an idle connection',
    async (name) => {
      const { socket, heard, connections } = await start({ [name]: half, lingerTimeoutMs: half });
      socket.write(greeting);
      await expect.poll(() => heard.isClosed).toBe(true);
      expect(heard.frames().at(-1)).toMatch(goodbye);
      await expect.poll(connections).toBe(0);
    },
  );

  it('rateGraceMs answers 408 to a body that stands still, and the connection goes on', async () => {
    const { socket, heard, told } = await start({ rateGraceMs: half });
    socket.write(Buffer.concat([greeting, head(1, 'POST', 4), frame('DATA', 0, 1, Buffer.from('some'))]));
    await expect.poll(() => told).toEqual(['SERVER_BODY_TOO_SLOW 408']);
    socket.write(Buffer.concat([head(3, 'POST', 4), frame('DATA', 1, 3, Buffer.from('all'))]));
    await expect.poll(() => heard.text()).toContain('3 bytes');
    expect(heard.isClosed).toBe(false);
  });

  it('responseGraceMs resets a stream whose window stays closed, and the connection goes on', async () => {
    const { socket, heard, told } = await start({ responseGraceMs: half });
    // The window of the connection is large, the one of the stream is not.
    const wide = frame('WINDOW_UPDATE', 0, 0, Buffer.of(1, 0, 0, 0));
    socket.write(Buffer.concat([greeting, wide, head(1, 'GET', 5)]));
    await expect.poll(() => heard.frames()).toContain('RST_STREAM 1 00000008');
    socket.write(head(3, 'POST', 5));
    await expect.poll(() => heard.text()).toContain('0 bytes');
    expect([told, heard.isClosed]).toEqual([['SERVER_RESPONSE_TOO_SLOW 0'], false]);
  });

  it('responseGraceMs cuts a connection whose own window stays closed', async () => {
    const { socket, heard, told } = await start({ responseGraceMs: half });
    const wide = [1, 3].map((id) => frame('WINDOW_UPDATE', 0, id, Buffer.of(0x7f, 0, 0, 0)));
    socket.write(Buffer.concat([greeting, head(1, 'GET', 5), wide[0]!, head(3, 'GET', 5), wide[1]!]));
    await expect.poll(() => heard.isClosed).toBe(true);
    expect(told).toEqual(['SERVER_RESPONSE_TOO_SLOW 0']);
  });

  it('responseGraceMs cuts a connection whose client reads nothing', async () => {
    const { socket, told, connections } = await start({ responseGraceMs: half });
    const wide = [0, 1].map((id) => frame('WINDOW_UPDATE', 0, id, Buffer.of(0x7f, 0, 0, 0)));
    socket.pause();
    socket.write(Buffer.concat([greeting, wide[0]!, head(1, 'GET', 5), wide[1]!]));
    await expect.poll(() => told).toEqual(['SERVER_RESPONSE_TOO_SLOW 0']);
    await expect.poll(connections).toBe(0);
  });
});
