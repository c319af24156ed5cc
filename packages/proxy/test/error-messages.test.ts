import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createUpstreams, reverseProxy, type UpstreamServer, type UpstreamsOptions } from '../src/index.ts';
import { ask, type Front, setUpProxies, startHandler } from './proxy-fixtures.ts';

setUpProxies();

/** An upstream that says something to every request, and closes. */
async function startSaying(text: string): Promise<string> {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined).once('data', () => socket.end(text, 'latin1'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function startFront(servers: (string | UpstreamServer)[], options: UpstreamsOptions = {}): Promise<Front> {
  const upstreams = createUpstreams(servers, options);
  onTestFinished(() => upstreams.close());
  return startHandler(reverseProxy(upstreams));
}

/** The error of the outcome, once the request is over. */
async function errorOf(front: Front): Promise<{ code: unknown; message: string }> {
  await ask(front.url).catch(() => undefined); // a body that was cut off
  await expect.poll(() => front.outcomes.length).toBe(1);
  const error = front.outcomes[0]!.error as Error & { code?: unknown };
  return { code: error.code, message: error.message };
}

describe('the error of a request names the upstream', () => {
  it.each([
    ['that sends something else', 'ÿÿÿÿ\r\n\r\n', 'http1', 'PROXY_BAD_RESPONSE'],
    [
      'that answers in HTTP/1.1 where it must speak HTTP/2',
      'HTTP/1.1 400 Bad Request\r\n\r\n',
      'http2',
      'PROXY_BAD_RESPONSE',
    ],
    ['that closes in the middle of a head', 'HTTP/1.1 200 OK\r\nA', 'http1', 'PROXY_NO_RESPONSE'],
    ['that closes', '', 'http1', 'PROXY_NO_RESPONSE'],
    ['that closes, in HTTP/2', '', 'http2', 'PROXY_NO_RESPONSE'],
    [
      'that closes in the middle of a body',
      'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx',
      'http1',
      'CLIENT_BODY_TRUNCATED',
    ],
  ] as const)('%s', async (_what, text, protocol, code) => {
    const url = await startSaying(text);
    const error = await errorOf(await startFront([{ url, protocol }]));
    expect(error).toEqual({ code, message: expect.stringContaining(url) });
  });

  it('or the group of them, when none takes requests', async () => {
    const servers = ['http://127.0.0.1:1', 'http://127.0.0.1:2'].map((url) => ({ url, drain: true }));
    const options = { name: 'shop' };
    expect((await errorOf(await startFront(servers, options))).message).toMatch(/: shop$/);
    expect((await errorOf(await startFront(servers))).message).toMatch(
      /: http:\/\/127\.0\.0\.1:1, http:\/\/127\.0\.0\.1:2$/,
    );
  });
});
