import type http from 'node:http';
import { describe, expect, it } from 'vitest';
import { createUpstreams, reverseProxy } from '../src/index.ts';
import { converse, type Front, setUpProxies, startHandler, startProxy, startUpstream } from './proxy-fixtures.ts';

setUpProxies();

const head = 'POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n';

/** An origin that decides about bodies by itself, and counts their bytes. */
async function startDeciding(
  decide: (request: http.IncomingMessage, response: http.ServerResponse) => void,
  options = {},
): Promise<Front & { readonly bytes: () => number }> {
  let bytes = 0;
  const upstream = await startUpstream(() => undefined);
  upstream.on('checkContinue', (request: http.IncomingMessage, response: http.ServerResponse) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    decide(request, response);
  });
  return { ...(await startProxy(upstream.origin, options)), bytes: () => bytes };
}

describe('Expect: 100-continue', () => {
  it('makes the client wait until the origin has agreed', async () => {
    let agree: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => {
      agree = resolve;
    });
    const front = await startDeciding((request, response) => {
      agree();
      setImmediate(() => response.writeContinue());
      request.on('end', () => response.end('got it'));
    });
    const answer = await converse(front.port, head, 'hello');
    await isAsked;
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n.*got it$/s);
    expect(front.bytes()).toBe(5);
  });

  it.each([417, 401, 413])(
    'passes a final %i of the origin on, without asking the client for the body',
    async (status) => {
      const front = await startDeciding((_request, response) => void response.writeHead(status).end('no'));
      const answer = await converse(front.port, head);
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(answer).not.toContain('100 Continue');
      expect(front.bytes()).toBe(0);
    },
  );

  it('is not asked of the origin for a body that is read before it', async () => {
    let expectation: string | undefined = 'none';
    const upstream = await startUpstream((request, response) => {
      expectation = request.headers.expect;
      request.resume().on('end', () => response.end('got it'));
    });
    const front = await startProxy(upstream.origin, { bufferRequestBytes: 100 });
    expect(await converse(front.port, head, 'hello')).toMatch(
      /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n.*got it$/s,
    );
    expect(expectation).toBeUndefined();
  });

  it('lets a request go to another origin before its body has come', async () => {
    const bad = await startUpstream((_request, response) => void response.end());
    bad.on('checkContinue', (_request, response: http.ServerResponse) => response.writeHead(503).end());
    const good = await startUpstream((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += String(chunk);
      });
      request.on('end', () => response.end(`good got ${text}`));
    });
    const upstreams = createUpstreams([bad.origin, good.origin], { retry: { on: [503], methods: ['POST'] } });
    const front = await startHandler(reverseProxy(upstreams));
    expect(await converse(front.port, head, 'hello')).toMatch(/good got hello$/);
    upstreams.close();
  });
});
