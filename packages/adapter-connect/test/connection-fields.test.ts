import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type HttpContext, HttpError, type Middleware } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { toConnect } from '../src/index.ts';
import { ask, onWindhover } from './hosts.ts';
import { connectTo, get } from './talk.ts';
import { expressWith, type Listener, listen, quiet } from './to-connect-hosts.ts';

const refuse: Middleware<HttpContext> = () => {
  throw new HttpError(426, 'TEST_UPGRADE', 'Speak websocket', { headers: { Upgrade: 'websocket' } });
};

/** The head that comes for this request. */
async function headOf(port: number, request: string): Promise<string> {
  const socket = await connectTo(port);
  socket.write(request);
  const [heard] = (await once(socket, 'data')) as [string];
  socket.destroy(); // else closing the server resets it, in the middle of another test
  return heard.slice(0, heard.indexOf('\r\n\r\n') + 2);
}

describe('an upgrade that is offered (RFC 9110 §7.8)', () => {
  it.each<[string, () => Listener]>([
    ['node:http', () => toConnect(refuse, { log: quiet }) as Listener],
    ['Express', () => expressWith([refuse]) as unknown as Listener],
  ])('is named in Connection too by toConnect() in %s', async (_name, app) => {
    const port = await listen(app());
    const head = await headOf(port, get());
    expect(head).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
    expect(head).toMatch(/\r\nUpgrade: websocket\r\n/);
    expect(head).toMatch(/\r\nConnection: upgrade\r\n/);
    expect(await headOf(port, get('/', '1.0'))).toMatch(/\r\nConnection: upgrade, close\r\n/);
  });

  it('is passed on by fromConnect(), whether or not the application named it in Connection', async () => {
    const host = await onWindhover((request: IncomingMessage, response: ServerResponse) => {
      if (request.url === '/named') response.setHeader('Connection', 'Upgrade');
      response.writeHead(426, { Upgrade: 'websocket' }).end();
    });
    for (const path of ['/named', '/']) {
      const head = await headOf(host.port, get(path));
      expect(head).toMatch(/\r\nUpgrade: websocket\r\n/);
      expect(head.match(/\r\nConnection: .*/g)).toEqual(['\r\nConnection: upgrade']);
    }
    await host.close();
  });
});

describe('trailers that a middleware announces', () => {
  const withTrailers: Middleware<HttpContext> = async (context, next) => {
    await next(context);
    const { response, request } = context;
    response.headers.set('Trailer', 'X-Sum');
    response.trailers = () => ({ 'X-Sum': '7' });
    if (request.path === '/stream') response.body = chunks();
  };
  async function* chunks(): AsyncGenerator<string> {
    yield 'streamed';
  }

  it('are sent by toConnect() behind a stream, and an answer that can have none is sent all the same', async () => {
    const app = expressWith([withTrailers]);
    app.get('/stream', (_request, response) => void response.send('text'));
    app.get('/text', (_request, response) => void response.send('text'));
    app.get('/204', (_request, response) => void response.status(204).end());
    app.get('/304', (_request, response) => void response.status(304).end());
    const port = await listen(app as unknown as Listener);
    expect(await ask(port, { path: '/stream' })).toMatchObject({
      status: 200,
      body: 'streamed',
      headers: { trailer: 'X-Sum' },
      trailers: { 'x-sum': '7' },
    });
    expect(await ask(port, { path: '/text' })).toMatchObject({ status: 200, body: 'text' });
    for (const status of [204, 304])
      expect(await ask(port, { path: `/${status}` })).toMatchObject({ status, body: '' });
    for (const path of ['/stream', '/text'])
      expect(await ask(port, { path, method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });
});
