import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { attachWebSocket, connectWebSocket, type WebSocketConnection } from '../src/index.ts';
import { connectWs, serve } from './talk.ts';

const echo = (socket: WebSocketConnection): void => {
  socket.onmessage = ({ data }) => void socket.send(data);
};

describe('attachWebSocket()', () => {
  it('answers a path that none of several has with 404, and closes it', async () => {
    const server = http.createServer();
    const attached = ['/a', '/b'].map((path) => attachWebSocket(server, echo, { path }));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    await connectWs(`ws://127.0.0.1:${port}/b`);
    await expect(connectWs(`ws://127.0.0.1:${port}/c`)).rejects.toThrow('404');
    await Promise.all(attached.map((each) => each.close()));
    await new Promise((resolve) => server.close(resolve)); // nothing is left open
  });
});

describe('connectWebSocket()', () => {
  it.each([
    ['http://127.0.0.1/', 'expected a URL such as ws://host/path'],
    ['nonsense', 'expected a URL such as ws://host/path'],
  ])('refuses %s', async (url, message) => {
    await expect(connectWebSocket(url)).rejects.toThrow(message);
  });

  it('says why there is no connection', async () => {
    const { url, port } = await serve('node:http', echo, { origins: ['https://a.example'] });
    const refused = connectWebSocket(url, { headers: { Origin: 'https://b.example' } });
    await expect(refused).rejects.toThrow(`${url}: it answered 403`);
    await expect(connectWebSocket(`ws://127.0.0.1:${port}/`, { protocols: ['x'] })).resolves.toBeDefined();
    await expect(connectWebSocket('ws://127.0.0.1:1/')).rejects.toMatchObject({ code: 'WEBSOCKET_CONNECT_FAILED' });
  });
});
