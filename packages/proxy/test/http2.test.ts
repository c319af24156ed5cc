import { once } from 'node:events';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createUpstreams, reverseProxy } from '../src/index.ts';
import { converse, setUpProxies, startHandler } from './proxy-fixtures.ts';

setUpProxies();

const sessions: http2.ServerHttp2Session[] = [];
afterEach(() => {
  for (const session of sessions.splice(0)) session.destroy();
});

describe('a server with protocol http2', () => {
  it('gets requests and bodies over HTTP/2, without fields of the connection', async () => {
    const server = http2.createServer();
    server.on('session', (session) => sessions.push(session));
    server.on('stream', (stream, { ':method': method, ':path': path, connection, te }) => {
      stream.respond({ ':status': 201, 'x-seen': `${method} ${path} ${connection} ${te}` });
      stream.pipe(stream);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const upstreams = createUpstreams([{ url: `http://127.0.0.1:${port}`, protocol: 'http2' }]);
    const front = await startHandler(reverseProxy(upstreams));
    const head = 'POST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\n';
    const answer = await converse(front.port, `${head}hello`);
    expect(answer).toMatch(/^HTTP\/1\.1 201 .*x-seen: POST \/a\?b undefined trailers\r\n.*hello/is);
    upstreams.close();
    server.close();
  });
});
