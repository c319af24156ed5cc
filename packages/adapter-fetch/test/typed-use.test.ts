import type { HttpContext, Middleware } from '@windhover/core';
import { Hono } from 'hono';
import { expect, it } from 'vitest';
import { toHono } from '../src/index.ts';

const tag: Middleware<HttpContext> = async (context, next) => {
  await next(context);
  context.response.headers.set('X-Tag', 'yes');
};

it('fits the types of Hono', async () => {
  const app = new Hono();
  app.use(toHono(tag));
  app.use('/a/*', toHono(tag));
  app.get('/', toHono(tag), (c) => c.text('Hello'));
  expect((await app.request('/')).headers.get('x-tag')).toBe('yes');
});
