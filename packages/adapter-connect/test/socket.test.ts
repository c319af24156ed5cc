import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConnectListener } from '../src/index.ts';
import { type Host, onNode, onWindhover } from './hosts.ts';
import { connectTo, deferred, get, hear } from './talk.ts';

const hosts: Host[] = [];
afterEach(() => Promise.all(hosts.splice(0).map((host) => host.close())));

async function start(on: typeof onNode, listener: ConnectListener): Promise<Host> {
  const started = await on(listener);
  hosts.push(started);
  return started;
}

/** Everything that comes until the connection ends. */
async function hearAll(port: number, text: string): Promise<string> {
  const socket = await connectTo(port);
  socket.write(text);
  let heard = '';
  for await (const chunk of socket) heard += chunk as string;
  return heard;
}

const both = [
  ['Windhover', onWindhover],
  ['node:http', onNode],
] as const;

describe.each(both)('the socket of a request, on %s,', (_name, on) => {
  it.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
    ['nothing is decided', () => undefined],
    ['the head is sent', (_request, response) => response.flushHeaders()],
    ['a part is written', (_request, response) => void response.write('part')],
  ])('lets no answer finish whose client has left when %s', async (_when, begin) => {
    const told: string[] = [];
    const arrival = deferred();
    const end = deferred();
    const { port } = await start(on, (request, response) => {
      begin(request, response);
      response.on('finish', () => told.push('finish'));
      request.on('close', () => {
        told.push('request closed');
        response.end('late');
      });
      response.on('close', () => {
        told.push('closed');
        response.end('later');
        setImmediate(() => setImmediate(end.resolve));
      });
      arrival.resolve();
    });
    const socket = await connectTo(port);
    socket.write(get());
    await arrival.promise;
    socket.destroy();
    await end.promise;
    expect(told.sort()).toEqual(['closed', 'request closed']);
  });

  it('may be called encrypted, by who knows better', async () => {
    const app = express();
    app.get('/', (request, response) => {
      const before = request.secure;
      (request.socket as unknown as { encrypted: boolean }).encrypted = true;
      response.json([before, request.secure]);
    });
    const host = await start(on, app as ConnectListener);
    expect(JSON.parse((await host.ask({ path: '/' })).body)).toEqual([false, true]);
  });

  it('counts bytes', async () => {
    const host = await start(on, (request, response) => {
      request.resume().on('end', () => {
        const { bytesRead, bytesWritten } = request.socket;
        response.write('x'.repeat(100));
        const written = (): boolean => request.socket.bytesWritten >= bytesWritten + 100;
        setImmediate(() => response.end(JSON.stringify([bytesRead >= 1000, bytesWritten >= 0, written()])));
      });
    });
    const { body } = await host.ask({ method: 'POST', path: '/', body: 'b'.repeat(1000) });
    expect(body.slice(100)).toBe('[true,true,true]');
  });

  it('tells that it is closed', async () => {
    const states: string[] = [];
    const host = await start(on, (request) => {
      states.push(request.socket.readyState);
      request.socket.resetAndDestroy();
      states.push(request.socket.readyState);
    });
    await host.ask({ path: '/' }).catch(() => undefined);
    expect(states).toEqual(['open', 'closed']);
  });

  it('can be taken from the response and given back', async () => {
    const host = await start(on, (request, response) => {
      response.detachSocket(request.socket);
      response.assignSocket(request.socket);
      response.end('back');
    });
    expect((await host.ask({ path: '/' })).body).toBe('back');
  });

  it.each<[string, (response: ServerResponse) => unknown]>([
    ['setHeader', (response) => response.setHeader('Connection', 'close').end('x')],
    ['writeHead', (response) => response.writeHead(200, { connection: 'Close' }).end('x')],
    ['shouldKeepAlive', (response) => void Object.assign(response, { shouldKeepAlive: false }).end('x')],
  ])('closes after an answer whose application wants it, by %s', async (_how, answer) => {
    const { port } = await start(on, (_request, response) => answer(response));
    const heard = await hearAll(port, get());
    expect(heard).toMatch(/\r\nconnection: close\r\n/i);
    expect(heard).toMatch(/\r\n\r\n(?:1\r\n)?x(?:\r\n0\r\n\r\n)?$/);
  });
});

it('stays the connection of an HTTP/1.0 client that wants to keep it', async () => {
  const { port } = await start(onWindhover, (_request, response) => response.end('kept'));
  const socket = await connectTo(port);
  for (let round = 0; round < 2; round++) {
    socket.write('GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n');
    expect(await hear(socket, 'kept')).toMatch(/connection: keep-alive/i);
  }
  socket.destroy();
});
