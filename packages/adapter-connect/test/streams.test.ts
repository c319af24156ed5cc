import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { finished } from 'node:stream/promises';
import { compose, type HttpContext } from '@windhover/core';
import { createServer } from '@windhover/server';
import { runHandler } from '@windhover/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type ConnectListener, fromConnect } from '../src/index.ts';
import { type Host, onNode, onWindhover } from './hosts.ts';
import { connectTo, deferred, get, hear } from './talk.ts';

const hosts: Host[] = [];
afterEach(() => Promise.all(hosts.splice(0).map((host) => host.close())));

async function host(listener: ConnectListener): Promise<Host> {
  const started = await onWindhover(listener);
  hosts.push(started);
  return started;
}

async function open(listener: ConnectListener): Promise<Socket> {
  return connectTo((await host(listener)).port);
}

describe('fromConnect()', () => {
  it('writes no faster than the client reads', async () => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    let written = 0;
    let drains = 0;
    const total = 64 * 1024 * 1024;
    const { promise: stopped, resolve: firstStop } = deferred();
    const socket = await open((_request, response) => {
      const fill = (): void => {
        while (written < total) {
          written += chunk.length;
          if (!response.write(chunk)) {
            expect(response.writableNeedDrain).toBe(true);
            firstStop();
            return;
          }
        }
        response.end();
      };
      response.on('drain', () => {
        drains += 1;
        fill();
      });
      fill();
    });
    socket.pause();
    socket.write(`GET / HTTP/1.0\r\nHost: a\r\n\r\n`);
    await stopped;
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(written).toBeLessThan(total / 2);
    let received = 0;
    for await (const part of socket) received += (part as string).length;
    expect(received).toBeGreaterThan(total);
    expect(drains).toBeGreaterThan(1);
  });

  it('sends events as they happen and tells of the client that leaves', async () => {
    const told: string[] = [];
    const { promise: closed, resolve: over } = deferred();
    const socket = await open((request, response) => {
      request.on('aborted', () => told.push('aborted'));
      request.on('close', () => told.push('request close'));
      response.on('finish', () => told.push('finish'));
      response.on('close', () => {
        told.push('response close');
        setImmediate(over);
      });
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.flushHeaders();
      setImmediate(() => response.write('data: 1\n\n'));
    });
    socket.write(get());
    expect(await hear(socket, 'data: 1')).toContain('200 OK');
    socket.destroy();
    await closed;
    expect(told.sort()).toEqual(['aborted', 'request close', 'response close']);
  });

  it('tells of a client that leaves before the answer', async () => {
    const { promise: arrival, resolve: arrived } = deferred();
    let failure: Promise<unknown> = Promise.resolve();
    const socket = await open((_request, response) => {
      failure = finished(response).catch((error: Error & { code: string }) => error.code);
      arrived();
    });
    socket.write(get());
    await arrival;
    socket.destroy();
    expect(await failure).toBe('ERR_STREAM_PREMATURE_CLOSE');
  });

  it('finishes and closes as node:http does', async () => {
    const tellingTo =
      (told: string[], over: () => void): ConnectListener =>
      (request, response) => {
        request.on('close', () => told.push('request close'));
        response.on('finish', () => told.push(`finish ${response.writableFinished} ${response.socket}`));
        response.on('close', () => {
          told.push('close');
          setImmediate(over);
        });
        response.end('x', () => told.push('callback'));
        told.push(`ended ${response.writableEnded} ${response.headersSent}`);
      };
    const [ours, theirs] = await Promise.all(
      [onWindhover, onNode].map(async (start) => {
        const told: string[] = [];
        let over: () => void = () => undefined;
        const closed = new Promise<void>((resolve) => (over = resolve));
        const started = await start(tellingTo(told, over));
        hosts.push(started);
        expect((await started.ask({ path: '/' })).body).toBe('x');
        await closed;
        return told;
      }),
    );
    expect(ours!.filter((each) => each !== 'request close')).toEqual(
      theirs!.filter((each) => each !== 'request close'),
    );
    expect(ours).toContain('request close');
    expect(theirs).toContain('request close');
  });

  it('answers pipelined requests in order on one connection', async () => {
    const socket = await open((request, response) => {
      if (request.url === '/1') setImmediate(() => response.end('one.'));
      else response.end(`${request.url}.`);
    });
    socket.write(get('/1') + get('/2') + get('/3'));
    const heard = await hear(socket, '/3.');
    expect(heard.indexOf('one.')).toBeLessThan(heard.indexOf('/2.'));
    socket.destroy();
  });

  it('reads a chunked upload with trailers', async () => {
    const socket = await open(async (request: IncomingMessage, response: ServerResponse) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      response.end(JSON.stringify([text, request.trailers, request.rawTrailers, request.complete]));
    });
    socket.write(
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 5\r\n\r\n',
    );
    expect(await hear(socket, ']')).toContain('["abcde",{"x-sum":"5"},["X-Sum","5"],true]');
    socket.destroy();
  });

  it('sends interim answers and trailers', async () => {
    const socket = await open((_request, response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload' });
      response.write('body');
      response.addTrailers({ 'X-Sum': '4' });
      response.end();
    });
    socket.write(get());
    const heard = await hear(socket, 'X-Sum: 4\r\n\r\n');
    expect(heard).toMatch(/^HTTP\/1.1 103 Early Hints\r\nlink: <\/a.css>; rel=preload\r\n\r\nHTTP\/1.1 200 OK\r\n/i);
    expect(heard).toContain('4\r\nbody\r\n0\r\n');
    socket.destroy();
  });

  it('cuts an answer whose application fails or destroys it after the head', async () => {
    const listeners: ConnectListener[] = [
      async (_request, response) => {
        response.write('part');
        await new Promise((resolve) => setImmediate(resolve));
        throw new Error('failed');
      },
      (_request, response) => {
        response.write('part');
        setImmediate(() => response.destroy());
      },
    ];
    for (const listener of listeners) {
      const socket = await open(listener);
      socket.write(get());
      let heard = '';
      socket.on('data', (chunk) => (heard += chunk)).on('error', () => undefined); // it is a reset
      await new Promise((resolve) => socket.once('close', resolve));
      expect(heard).toContain('part');
      expect(heard).not.toContain('0\r\n\r\n');
    }
  });

  it('answers 500 to what fails before the head', async () => {
    const listeners: ConnectListener[] = [
      () => {
        throw new Error('failed');
      },
      async () => Promise.reject(new Error('failed')),
      (_request, response) => response.destroy(),
    ];
    for (const listener of listeners) expect((await (await host(listener)).ask({ path: '/' })).status).toBe(500);
  });

  it('lends its headers to the rest of the pipeline when the application calls next', async () => {
    const site = compose<HttpContext>(
      [
        fromConnect((_request, response, next) => {
          response.setHeader('X-Early', '1');
          next();
        }),
      ],
      ({ response }) => {
        response.body = 'ours';
      },
    );
    const answer = await runHandler(site, '/');
    expect([answer.text(), answer.headers.get('x-early')]).toEqual(['ours', '1']);
    const failing = fromConnect((_request, _response, next) => next(new Error('refused')));
    const refused = await runHandler(
      compose<HttpContext>([failing], () => undefined),
      '/',
    );
    expect([refused.status, refused.error]).toEqual([500, new Error('refused')]);
  });

  it('gives a HEAD no length that the application did not know', async () => {
    const started = await host((_request, response) => {
      response.write('a');
      setImmediate(() => response.end('b'));
    });
    const answer = await started.ask({ method: 'HEAD', path: '/' });
    expect([answer.status, answer.headers['content-length']]).toEqual([200, undefined]);
  });

  it.each<[string, string | undefined, (response: ServerResponse) => void]>([
    ['ended without data', undefined, (response) => response.end()],
    ['ended with empty text', undefined, (response) => response.end('')],
    ['ended without data behind its head', undefined, (response) => response.writeHead(200, { 'X-A': '1' }).end()],
    ['ended with data', '4', (response) => response.end('é12')],
    ['that announces none', '0', (response) => response.setHeader('Content-Length', 0).end()],
    ['that announces some', '12', (response) => response.setHeader('Content-Length', 12).end()],
  ])('gives a HEAD %s the length %s', async (_how, length, answerHead) => {
    const started = await host((_request, response) => answerHead(response));
    const answer = await started.ask({ method: 'HEAD', path: '/' });
    expect([answer.status, answer.headers['content-length']]).toEqual([200, length]);
  });

  it('tells a silent timeout', async () => {
    const started = await host((_request, response) => {
      response.setTimeout(1, () => response.writeHead(408).end('late'));
    });
    expect((await started.ask({ path: '/' })).status).toBe(408);
  });

  it('refuses a value that is not a function', () => {
    expect(() => fromConnect({} as never)).toThrow(expect.objectContaining({ code: 'CONNECT_LISTENER_INVALID' }));
    expect(createServer(fromConnect(() => undefined)).connections).toBe(0);
  });
});
