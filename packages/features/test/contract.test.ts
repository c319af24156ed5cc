import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toConnect } from '@windhover/adapter-connect';
import { toHono } from '@windhover/adapter-fetch';
import type { HttpContext, Middleware } from '@windhover/core';
import type { Feature } from '@windhover/core/feature';
import { createServer as createWindhover } from '@windhover/server';
import { createManualClock } from '@windhover/testing';
import express from 'express';
import { Hono } from 'hono';
import { describe, expect, it, onTestFinished } from 'vitest';
import { handlerOf } from '../src/lib/feature-fixtures.ts';
import { collapse, collapseFeature } from './collapse.ts';
import { deadline, deadlineFeature } from './deadline.ts';

/** An application that answers when the test says so, and counts how often it was asked. */
class Application {
  asked = 0;
  private readonly waiting: (() => void)[] = [];
  private heard: () => void = () => undefined;
  readonly isAsked = new Promise<void>((resolve) => {
    this.heard = resolve;
  });

  /** Resolves to the answer. */
  async answer(): Promise<string> {
    this.asked += 1;
    const count = this.asked;
    this.heard();
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    return `answer ${count}`;
  }

  release(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

/** The application as an origin of a configuration. */
function originOf(application: Application): Feature<unknown> {
  return {
    name: 'application',
    levels: ['route'],
    phases: ['origin'],
    combine: 'replace',
    schema: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
    create: () => ({
      layers: [
        {
          phase: 'origin',
          run: async ({ response }) => {
            response.body = await application.answer();
          },
        },
      ],
    }),
  };
}

type Start = (
  application: Application,
  key: string,
  middleware: Middleware<HttpContext>,
  clock: ReturnType<typeof createManualClock>,
) => Promise<string>;

const places: Record<string, Start> = {
  async 'a configuration'(application, key, _middleware, clock) {
    const more = [collapseFeature, deadlineFeature, originOf(application)];
    const handler = await handlerOf(
      `sites: { a: { routes: [{ path: /, ${key}: 10s, application: true }] } }`,
      clock,
      more,
    );
    const server = createWindhover(handler);
    const { name } = await server.listen({ host: '127.0.0.1', port: 0 });
    onTestFinished(() => server.close());
    return `http://${name}`;
  },
  Express(application, _key, middleware) {
    const app = express();
    app.use(toConnect(middleware, { log: { ...console, error: () => undefined } }));
    app.get('/', async (_request, response) => void response.send(await application.answer()));
    return listen(app);
  },
  async Hono(application, _key, middleware) {
    const app = new Hono();
    app.use(toHono(middleware));
    app.get('/', async (c) => c.text(await application.answer()));
    return listen(async (_request, response) => {
      const answer = await app.request('/');
      response.statusCode = answer.status;
      response.end(await answer.text());
    });
  },
};

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.each(Object.entries(places))('in %s', (name, start) => {
  it('a deadline answers 504 while the application is still busy', async () => {
    const clock = createManualClock();
    const application = new Application();
    const url = await start(application, 'deadline', deadline(10_000, clock), clock);
    const answer = fetch(url);
    await application.isAsked;
    clock.advance(10_000);
    const { status } = await answer;
    application.release(); // what comes now is let go of
    expect(status).toBe(504);
  });

  it('a cache asks once for all who wait, and again when the answer is old', async () => {
    const clock = createManualClock();
    const application = new Application();
    const url = await start(application, 'collapse', collapse(10_000, clock, name !== 'Express'), clock);
    const first = [fetch(url), fetch(url)];
    await application.isAsked;
    const third = fetch(url);
    application.release();
    const texts = await Promise.all([...first, third].map(async (answer) => (await answer).text()));
    expect(texts).toEqual(['answer 1', 'answer 1', 'answer 1']);
    clock.advance(10_000);
    const again = fetch(url);
    const settled = again.then((answer) => answer.text());
    while (application.asked < 2) await new Promise((resolve) => setImmediate(resolve));
    application.release();
    expect(await settled).toBe('answer 2');
  });
});
