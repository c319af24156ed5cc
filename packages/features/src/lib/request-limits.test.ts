import type { HttpContext } from '@windhover/core';
import type { Feature } from '@windhover/core/feature';
import { createManualClock, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { handlerOf } from './feature-fixtures.ts';

/** An origin of a route. */
function originOf(run: (context: HttpContext) => void | Promise<void>): Feature<unknown> {
  return {
    name: 'origin',
    levels: ['route'],
    phases: ['origin'],
    combine: 'replace',
    schema: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
    create: () => ({ layers: [{ phase: 'origin', run }] }),
  };
}

describe('maxRequestBody', () => {
  const upload = originOf(async ({ request, response }) => {
    response.body = String((await request.body.bytes()).byteLength);
  });
  const routes = `
maxRequestBody: 1KB
sites:
  a:
    routes:
      - { path: /, origin: true }
      - { path: /big, maxRequestBody: 2KB, origin: true }
      - { path: /any, maxRequestBody: unlimited, origin: true }
      - { path: /outer, maxRequestBody: false, origin: true }`;

  it.each([
    ['/', 1000, 200],
    ['/', 1001, 413],
    ['/big', 2000, 200],
    ['/big', 2001, 413],
    ['/any', 100_000, 200],
    ['/outer', 100_000, 200],
  ])('answers %s with %i bytes with %i', async (url, bytes, status) => {
    const handler = await handlerOf(routes, undefined, [upload]);
    expect((await runHandler(handler, { url, method: 'POST', body: 'x'.repeat(bytes) })).status).toBe(status);
  });

  it.each(['yes', '10 apples', '-1', '{ bytes: 1 }'])('refuses %s', async (value) => {
    await expect(handlerOf(`maxRequestBody: ${value}\n${routes}`.replace('maxRequestBody: 1KB\n', ''))).rejects.toThrow(
      /maxRequestBody/,
    );
  });
});

describe('timeout', () => {
  const never = originOf(() => new Promise<void>(() => undefined));

  it('answers 504 after the time of the innermost level, with an error page', async () => {
    const clock = createManualClock();
    const handler = await handlerOf(
      `
errorPages: true
timeout: 30s
sites: { a: { routes: [{ path: /, timeout: 2s, origin: true }] } }`,
      clock,
      [never],
    );
    const answer = runHandler(handler, { headers: { Accept: 'text/html' } });
    let isAnswered = false;
    void answer.then(() => {
      isAnswered = true;
    });
    const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    await settle();
    clock.advance(1999);
    await settle();
    expect(isAnswered).toBe(false);
    clock.advance(1);
    const { status, headers } = await answer;
    expect([status, headers.get('content-type')]).toEqual([504, 'text/html; charset=utf-8']);
  });

  it.each(['{ start: 1s, total: 5m }', '{ total: 5m }', '1500'])('takes %s', async (value) => {
    const handler = await handlerOf(`timeout: ${value}\nsites: { a: { routes: [{ path: /, respond: hello }] } }`);
    expect((await runHandler(handler)).text()).toBe('hello');
  });
});
