import { compose, type HttpContext } from '@windhover/core';
import { runHandler } from '@windhover/testing';
import session from 'express-session';
import helmet from 'helmet';
import { describe, expect, it } from 'vitest';
import { type ConnectListener, fromConnect } from '../src/index.ts';

const logged: string[] = [];
const log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (message: string) => void logged.push(message),
};

function around(listener: ConnectListener, handler: (context: HttpContext) => void) {
  return compose<HttpContext>([fromConnect(listener, { log })], handler);
}

const hello = ({ response }: HttpContext): void => {
  response.status = 201;
  response.headers.set('X-Ours', '1');
  response.body = 'ours';
};

describe('fromConnect() as a middleware', () => {
  it('gives what it has set to the rest of the pipeline', async () => {
    const answer = await runHandler(around(helmet() as ConnectListener, hello), '/');
    expect([answer.status, answer.headers.get('x-content-type-options'), answer.text()]).toEqual([
      201,
      'nosniff',
      'ours',
    ]);
  });

  it('tells the end of the answer, with its status and headers', async () => {
    const told: unknown[] = [];
    const logger: ConnectListener = (_request, response, next) => {
      response.on('finish', () => told.push('finish', response.statusCode, response.getHeader('x-ours')));
      response.on('close', () => told.push('close'));
      next();
    };
    await runHandler(around(logger, hello), '/');
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual(['finish', 201, '1', 'close']);
  });

  it('lets interceptors of the head change it', async () => {
    const intercepting: ConnectListener = (_request, response, next) => {
      const { writeHead } = response;
      response.writeHead = function intercepted(...given: unknown[]) {
        response.setHeader('X-Late', String(response.getHeader('x-ours')));
        response.removeHeader('X-Ours');
        return writeHead.apply(response, given as never);
      } as never;
      next();
    };
    const answer = await runHandler(around(intercepting, hello), '/');
    expect([answer.status, answer.headers.get('x-late'), answer.headers.has('x-ours')]).toEqual([201, '1', false]);
    expect(answer.text()).toBe('ours');
  });

  it('keeps a session for handlers of ours', async () => {
    const sessions = session({ secret: 's', resave: false, saveUninitialized: true }) as unknown as ConnectListener;
    const answer = await runHandler(around(sessions, hello), '/');
    expect(answer.headers.get('set-cookie')).toMatch(/^connect\.sid=/);
  });

  it('sets each cookie once, those of setHeader and of writeHead', async () => {
    const cookie: ConnectListener = (_request, response, next) => {
      response.setHeader('Set-Cookie', 'set=1');
      next();
    };
    const written: ConnectListener = (_request, response, next) => {
      response.writeHead(200, { 'Set-Cookie': ['written=1', 'written=2'] });
      next();
    };
    const pipeline = compose<HttpContext>([fromConnect(cookie, { log }), fromConnect(written, { log })], (context) => {
      context.response.headers.append('Set-Cookie', 'ours=1');
      hello(context);
    });
    const answer = await runHandler(pipeline, '/');
    expect(answer.headers.getAll('set-cookie')).toEqual(['set=1', 'written=1', 'written=2', 'ours=1']);
  });

  it('answers itself when it does not call next', async () => {
    const answer = await runHandler(
      around((_request, response) => response.writeHead(403).end('no'), hello),
      '/',
    );
    expect([answer.status, answer.text()]).toEqual([403, 'no']);
  });

  it('is told when it writes and passes too', async () => {
    const before = await runHandler(
      around((_request, response, next) => {
        response.write('x');
        next();
      }, hello),
      '/',
    );
    expect(before.error).toMatchObject({ code: 'CONNECT_WROTE_AND_PASSED' });
    logged.length = 0;
    const after = await runHandler(
      around((_request, response, next) => {
        next();
        response.end('x');
      }, hello),
      '/',
    );
    expect([after.status, after.text()]).toEqual([201, 'ours']);
    expect(logged).toEqual([expect.stringContaining('called next() too')]);
  });
});
