import type http from 'node:http';
import { describe, expect, it } from 'vitest';
import { createUpstreams, reverseProxy } from '../src/index.ts';
import { ask, echo, seen, setUpProxies, startProxy, startUpstream } from './proxy-fixtures.ts';

setUpProxies();

describe('forwarded', () => {
  it.each([
    ['x-forwarded', ['x-forwarded-proto', 'x-forwarded-for', 'x-forwarded-host']],
    ['forwarded', ['forwarded']],
    ['both', ['x-forwarded-proto', 'x-forwarded-for', 'x-forwarded-host', 'forwarded']],
    ['none', []],
  ] as const)('%s sends %j, and nothing of what the client claims', async (forwarded, expected) => {
    const front = await startProxy((await startUpstream(echo)).origin, { forwarded });
    const claims = { Forwarded: 'for=1.2.3.4', 'X-Forwarded-For': '1.2.3.4', Host: 'shop.example:81' };
    const { headers } = await seen(front.url, { headers: claims });
    expect(Object.keys(headers).filter((name) => name.includes('forwarded'))).toEqual(expected);
    if (headers['forwarded'] !== undefined)
      expect(headers['forwarded']).toBe('for=127.0.0.1;host="shop.example:81";proto=http');
  });
});

describe('via', () => {
  it('adds this proxy behind those before it, both ways', async () => {
    const upstream = await startUpstream((request, response) => {
      response.setHeader('Via', '1.0 inner');
      response.end(String(request.headers.via));
    });
    const front = await startProxy(upstream.origin, { via: 'front' });
    const { text, headers } = await ask(front.url, { headers: { Via: '1.1 outer' } });
    expect([text, headers.via]).toEqual(['1.1 outer, 1.1 front', '1.0 inner, 1.1 front']);
  });
});

describe('requestHeaders and responseHeaders', () => {
  it('set fields in place of others, and leave fields out', async () => {
    const upstream = await startUpstream((request, response) => {
      response.setHeader('X-Inner', '1');
      response.setHeader('Cache-Control', 'no-store');
      response.end(JSON.stringify(request.headers));
    });
    const front = await startProxy(upstream.origin, {
      requestHeaders: { set: { 'X-Tenant': 'a', 'X-Forwarded-Proto': 'https' }, remove: ['Cookie'] },
      responseHeaders: { set: { 'Cache-Control': 'private' }, remove: ['x-inner'] },
    });
    const answer = await ask(front.url, { headers: { Cookie: 'a=1', 'X-Tenant': 'mine' } });
    const got = JSON.parse(answer.text) as http.IncomingHttpHeaders;
    expect([got['x-tenant'], got['x-forwarded-proto'], got.cookie]).toEqual(['a', 'https', undefined]);
    expect([answer.headers['cache-control'], answer.headers['x-inner']]).toEqual(['private', undefined]);
  });
});

describe('anonymous', () => {
  it('leaves out what the origin runs', async () => {
    const upstream = await startUpstream((_request, response) => {
      for (const name of ['Server', 'X-Powered-By', 'Via', 'X-AspNet-Version']) response.setHeader(name, 'x');
      response.setHeader('X-Own', 'x');
      response.end();
    });
    const front = await startProxy(upstream.origin, { anonymous: true });
    const { headers } = await ask(front.url);
    expect(Object.keys(headers).filter((name) => /^(?:server|via|x-)/.test(name))).toEqual(['x-own']);
  });
});

describe('host', () => {
  it('is always the same if the options say so, and a redirect to it leads to this server', async () => {
    const upstream = await startUpstream((request, response) =>
      response
        .writeHead(302, { Location: `https://${request.headers.host}/next`, 'X-Host': request.headers.host })
        .end(),
    );
    const front = await startProxy(upstream.origin, { host: 'shop.internal:8080' });
    const { headers } = await ask(front.url, { headers: { Host: 'shop.example' } });
    expect([headers['x-host'], headers.location]).toEqual(['shop.internal:8080', 'http://shop.example/next']);
  });

  it.each(['upstraem', 'a b.example', 'a.example/x', '', 'a.example\r\nX: 1', ':80', 'a.example:99999'])(
    'refuses %j',
    async (host) => {
      await expect(startProxy('http://127.0.0.1:1', { host })).rejects.toThrow(
        "host: expected 'client', 'upstream' or",
      );
    },
  );
});

describe('Location', () => {
  it('that names the upstream names this server, with the prefix that was taken off', async () => {
    const upstream = await startUpstream((request, response) =>
      response.writeHead(302, { Location: `http://${request.headers.host}/next` }).end(),
    );
    const options = { host: 'upstream', stripPrefix: '/api' } as const;
    const front = await startProxy(upstream.origin, options);
    const headers = { Host: 'shop.example' };
    expect((await ask(`${front.url}/api/x`, { headers })).headers.location).toBe('http://shop.example/api/next');
    const asSent = await startProxy(upstream.origin, { ...options, rewriteLocation: false });
    expect((await ask(`${asSent.url}/api/x`, { headers })).headers.location).toBe(`${upstream.origin}/next`);
  });
});

describe('bodies that are buffered', () => {
  it('reach the upstream and the client whole', async () => {
    const big = 'abcdefghij'.repeat(100_000);
    const upstream = await startUpstream(async (request, response) => {
      let size = 0;
      for await (const chunk of request) size += (chunk as Buffer).length;
      response.end(`${size}${big}`);
    });
    const front = await startProxy(upstream.origin, { bufferRequestBytes: 100_000, bufferResponseBytes: 50_000 });
    const small = await ask(front.url, {
      method: 'POST',
      body: 'x'.repeat(90_000),
      headers: { 'Content-Length': 90_000 },
    });
    expect(small.text).toBe(`90000${big}`);
    const large = await ask(front.url, {
      method: 'POST',
      body: 'x'.repeat(200_000),
      headers: { 'Content-Length': 200_000 },
    });
    expect(large.text).toBe(`200000${big}`);
  });
});

describe('servers', () => {
  it('may be one object', () => {
    const proxy = reverseProxy({ url: 'http://127.0.0.1:50051', protocol: 'http2' });
    expect(proxy.upstreams).toEqual(['http://127.0.0.1:50051']);
    proxy.close();
    const group = createUpstreams({ url: 'http://127.0.0.1:50051' });
    expect(group.addresses).toEqual(['http://127.0.0.1:50051']);
    group.close();
  });

  it.each([null, undefined, 3000, {}, [null], [{ weight: 1 }]])('cannot be %j', (servers) => {
    const invalid = expect.objectContaining({ code: 'PROXY_OPTION_INVALID' });
    expect(() => reverseProxy(servers as never)).toThrow(invalid);
    expect(() => createUpstreams(servers as never)).toThrow(invalid);
  });

  it('are told apart from the options of the proxy and of a group', () => {
    const options = { protocol: 'http2', balance: 'random' } as object;
    const ofServer = "`protocol` belongs to a server: write [{ url: 'http://host:port', protocol: … }]";
    expect(() => reverseProxy('http://a', options)).toThrow(ofServer);
    expect(() => createUpstreams('http://a', options)).toThrow(ofServer);
    expect(() => reverseProxy('http://a', { balance: 'random' } as object)).toThrow(
      '`balance` belongs to a group of servers: write createUpstreams(servers, { balance: … })',
    );
  });
});
