import { Agent, request as nodeRequest } from 'node:http';
import type { HttpContext, Middleware, Outcome } from '@windhover/core';
import { HttpError } from '@windhover/core';
import { createServer } from '@windhover/server';
import express from 'express';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fromConnect, toConnect } from '../src/index.ts';
import { ask } from './hosts.ts';
import { connectTo, deferred, get } from './talk.ts';
import { expressWith, type Listener, listen, quiet } from './to-connect-hosts.ts';

const late = new HttpError(504, 'TEST_DEADLINE', 'Too late', { expose: true });

/** Gives up on the application when the test says so. */
function deadline(): { readonly middleware: Middleware<HttpContext>; expire(): void; readonly outcomes: Outcome[] } {
  const contexts: HttpContext[] = [];
  const outcomes: Outcome[] = [];
  const middleware: Middleware<HttpContext> = (context, next) => {
    if (context.request.path !== '/late') return next(context);
    contexts.push(context);
    context.onSent((outcome) => outcomes.push(outcome));
    return next(context);
  };
  return { middleware, outcomes, expire: () => contexts[0]!.abort(late) };
}

describe('context.abort() in toConnect()', () => {
  it('answers before the application does, and ignores whatever that writes later, on the same connection', async () => {
    const { middleware, outcomes, expire } = deadline();
    const { promise: goesOn, resolve: goOn } = deferred();
    const { promise: hasWritten, resolve: written } = deferred();
    const errors: unknown[] = [];
    const app = expressWith([middleware]);
    app.get('/late', async (_request, response) => {
      expire();
      await goesOn;
      try {
        response.status(200).set('X-Late', '1').cookie('a', '1').json({ late: true });
        response.writeHead(200).write('more');
        response.end();
      } catch (error) {
        errors.push(error);
      }
      written();
    });
    app.get('/next', (_request, response) => void response.send('next'));
    const port = await listen(app as unknown as Listener);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const first = await askWith(agent, port, '/late');
    expect(first).toMatchObject({ status: 504, body: 'Too late\n', reused: false });
    goOn();
    await hasWritten;
    expect(await askWith(agent, port, '/next')).toMatchObject({ status: 200, body: 'next', reused: true });
    expect(errors).toEqual([]);
    await expect.poll(() => outcomes).toMatchObject([{ status: 504, end: 'complete', error: late }]);
  });

  it('ignores what the application throws, or passes on, afterwards', async () => {
    const { middleware, expire } = deadline();
    const app = expressWith([middleware]);
    app.get('/late', async () => {
      expire();
      throw new Error('it was told to stop');
    });
    app.get('/next', (_request, response) => void response.send('next'));
    const port = await listen(app as unknown as Listener);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    expect(await askWith(agent, port, '/late')).toMatchObject({ status: 504 });
    expect(await askWith(agent, port, '/next')).toMatchObject({ status: 200, reused: true });
  });

  it('lets go of an answer that is held back', async () => {
    const listener = toConnect(
      async (context, next) => {
        await next(context);
        context.abort(late);
      },
      { log: quiet, listener: (_request, response) => response.writeHead(200, { 'X-Held': '1' }).write('held') },
    );
    const { status, body, headers } = await ask(await listen(listener as Listener), { path: '/' });
    expect([status, body]).toEqual([504, 'Too late\n']);
    expect(headers).not.toHaveProperty('x-held');
  });

  it('cuts the message after the head', async () => {
    const contexts: HttpContext[] = [];
    const outcomes: Outcome[] = [];
    const listener = toConnect(
      (context, next) => {
        contexts.push(context);
        context.onSent((outcome) => outcomes.push(outcome));
        return next(context);
      },
      { log: quiet, listener: (_request, response) => response.write('part') },
    );
    const socket = await connectTo(await listen(listener as Listener));
    socket.write(get());
    let heard = '';
    socket.on('data', (chunk) => {
      heard += String(chunk);
    });
    await expect.poll(() => heard).toContain('part');
    contexts[0]!.abort(late);
    await expect.poll(() => socket.closed).toBe(true);
    expect(heard).not.toContain('\r\n0\r\n');
    expect([contexts[0]!.signal.aborted, outcomes]).toMatchObject([true, [{ end: 'handler-failed', error: late }]]);
  });
});

it('context.abort() answers for a hosted application, which hears that its client has left', async () => {
  const told: string[] = [];
  const app = express();
  app.get('/', (request, response) => {
    request.on('aborted', () => told.push('aborted'));
    response.on('close', () => told.push('close'));
  });
  const hosted = fromConnect(app, { log: quiet });
  const server = createServer(
    (context) => {
      const pending = hosted(context);
      context.abort(late);
      return pending;
    },
    { log: quiet },
  );
  onTestFinished(() => server.close({ timeoutMs: 0 }));
  const { name } = await server.listen({ host: '127.0.0.1', port: 0 });
  const port = Number(name.split(':').at(-1));
  expect(await ask(port, { path: '/' })).toMatchObject({ status: 504, body: 'Too late\n' });
  await expect.poll(() => told).toEqual(['aborted', 'close']);
});

describe('context.fork() in toConnect()', () => {
  it('runs a handler of its own, and refuses to run the application a second time', async () => {
    const codes: unknown[] = [];
    const listener = toConnect(
      async (context, next) => {
        const fork = await context.fork((own) => {
          own.response.body = `${own.request.path} forked`;
        });
        await context.fork(next).catch((error) => codes.push((error as { code?: string }).code));
        await next(context);
        context.response.headers.set('X-Fork', String(fork.response.body));
      },
      { log: quiet, listener: (_request, response) => response.end('app') },
    );
    const answer = await ask(await listen(listener as Listener), { path: '/a' });
    expect([answer.body, answer.headers['x-fork'], codes]).toEqual(['app', '/a forked', ['CONNECT_FORK']]);
  });
});

interface Kept {
  readonly status: number;
  readonly body: string;
  readonly reused: boolean;
}

function askWith(agent: Agent, port: number, path: string): Promise<Kept> {
  return new Promise((resolve, reject) => {
    const request = nodeRequest({ host: '127.0.0.1', port, path, agent }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode!, body, reused: request.reusedSocket }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end();
  });
}
