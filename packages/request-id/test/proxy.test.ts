import { once } from 'node:events';
import { createServer as createNodeServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { compose, type HttpContext } from '@windhover/core';
import { reverseProxy } from '@windhover/proxy';
import { createServer } from '@windhover/server';
import { expect, it } from 'vitest';
import { requestId } from '../src/index.ts';

it('gives an upstream the id that the client gets, and nothing of what the client sent in its place', async () => {
  const upstream = createNodeServer(({ rawHeaders }, response) => {
    response.setHeader('X-Request-Id', 'of-the-upstream');
    response.end(rawHeaders.filter((_value, index) => /^x-request-id$/i.test(rawHeaders[index - 1] ?? '')).join());
  });
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const proxy = reverseProxy(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`);
  const server = createServer(compose<HttpContext>([requestId()], proxy));
  try {
    const { name } = await server.listen({ host: '127.0.0.1', port: 0 });
    const answer = await fetch(`http://${name}/`, {
      headers: { 'X-Request-Id': 'forged', 'X-REQUEST-ID': 'forged-too' },
    });
    const id = answer.headers.get('x-request-id');
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(await answer.text()).toBe(id);
  } finally {
    proxy.close();
    await server.close({ timeoutMs: 1 });
    upstream.close();
    upstream.closeAllConnections();
  }
});
