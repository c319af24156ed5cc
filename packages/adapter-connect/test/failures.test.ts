import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { HttpError } from '@windhover/core';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConnectListener } from '../src/index.ts';
import { type Host, onWindhover } from './hosts.ts';

const hosts: Host[] = [];
afterEach(() => Promise.all(hosts.splice(0).map((host) => host.close())));

/** Everything that comes until the connection ends, however it ends. */
async function say(listener: ConnectListener, text: string): Promise<string> {
  const host = await onWindhover(listener);
  hosts.push(host);
  const socket = connect(host.port, '127.0.0.1').setEncoding('latin1');
  let heard = '';
  socket.on('data', (part) => (heard += part)).on('error', () => undefined);
  socket.write(text);
  await new Promise((resolve) => socket.once('close', resolve)); // a reset is an end too
  return heard;
}

const post = (headers: string, body: string): string => `POST / HTTP/1.1\r\nHost: a\r\n${headers}\r\n${body}`;
const badChunk = post('Transfer-Encoding: chunked\r\n', '3\r\nabc\r\nZZ\r\n');

describe('a request body that fails', () => {
  const told: string[] = [];
  const listen = (request: IncomingMessage): void => {
    told.length = 0;
    for (const name of ['aborted', 'error', 'close', 'end']) request.on(name, () => told.push(name));
  };

  it('is answered by the server when the application waits for it', async () => {
    const heard = await say((request, response) => {
      listen(request);
      request.resume().on('end', () => response.end('whole'));
    }, badChunk);
    expect(heard).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(told).toEqual(['aborted', 'error', 'close']);
  });

  it('is answered by the server when nobody listens for errors', async () => {
    const heard = await say((request, response) => void request.pipe(response), badChunk);
    // The echo has begun: it is cut. Otherwise it would be a 400.
    expect(heard).not.toMatch(/\r\n0\r\n\r\n$/);
  });

  it('is a 413 beyond the limit', async () => {
    const heard = await say(
      (request, response) => {
        request.resume().on('end', () => response.end('whole'));
      },
      post('Content-Length: 40000000\r\n', 'x'),
    );
    expect(heard).toMatch(/^HTTP\/1\.1 413 Content Too Large\r\n/);
  });

  it('leaves an answer alone that is complete', async () => {
    const heard = await say(
      (request, response) => {
        listen(request);
        response.end('early');
      },
      post('Content-Length: 40000000\r\nConnection: close\r\n', 'x'),
    );
    expect(heard).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(told).not.toContain('aborted');
  });
});

describe('an answer that fails', () => {
  it.each<[string, ConnectListener]>([
    [
      'in the turn of its first write',
      (_request, response) => {
        response.write('part');
        throw new Error('failed');
      },
    ],
    [
      'destroyed in the turn of its first write',
      (_request, response) => {
        response.write('part');
        response.destroy();
      },
    ],
    [
      'with its length announced',
      (_request, response) => {
        response.setHeader('Content-Length', 100);
        response.write('part');
        setImmediate(() => response.destroy(new Error('failed')));
      },
    ],
  ])('is cut, %s', async (_what, listener) => {
    const heard = await say(listener, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(heard).not.toMatch(/\r\n0\r\n\r\n$/);
    expect(heard).not.toMatch(/^HTTP\/1\.1 500/);
  });

  it('answers with the status of an HttpError', async () => {
    const heard = await say(() => {
      throw new HttpError(418, 'APP_TEAPOT', 'Short and stout');
    }, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(heard).toContain('418');
    expect(heard).toContain('Short and stout');
  });
});
