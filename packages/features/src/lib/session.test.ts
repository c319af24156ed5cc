import { contextKey, type HttpContext } from '@windhover/core';
import type { Feature } from '@windhover/core/feature';
import type { Session } from '@windhover/session';
import { createManualClock, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { handlerOf } from './feature-fixtures.ts';

/** An origin that counts the visits of a browser. */
const visits: Feature<unknown> = {
  name: 'test.visits',
  levels: ['route'],
  phases: ['origin'],
  combine: 'replace',
  schema: z.strictObject({}).describe('Counts visits.'),
  create: () => ({
    layers: [
      {
        phase: 'origin',
        run(context: HttpContext): void {
          const session = context.get(contextKey<Session>('session'))!;
          session.set('visits', (session.get<number>('visits') ?? 0) + 1);
          context.response.body = String(session.get('visits'));
        },
      },
    ],
  }),
};

const lines = (more = ''): string =>
  `sites: { a: { session: { keys: a secret of more than thirty-two characters${more} }, routes: [{ path: /, test.visits: true }] } }`;

describe('session', () => {
  it.each(['', ', store: memory'])('remembers a browser%s', async (more) => {
    const handler = await handlerOf(lines(more), createManualClock({ now: 1_000_000 }), [visits]);
    const first = await runHandler(handler, { headers: { host: 'a' } });
    const cookie = first.headers.get('set-cookie')!.split(';')[0]!;
    const second = await runHandler(handler, { headers: { host: 'a', cookie } });
    expect([first.text(), second.text()]).toEqual(['1', '2']);
  });

  it('refuses what another website makes a browser send, unless it is named', async () => {
    const init = {
      method: 'POST',
      headers: { host: 'a', 'sec-fetch-site': 'cross-site', origin: 'https://b.example' },
    };
    const statusOf = async (more: string): Promise<number> => {
      return (await runHandler(await handlerOf(lines(more), createManualClock(), [visits]), init)).status;
    };
    expect(await statusOf('')).toBe(403);
    expect(await statusOf(', crossSite: allow')).toBe(200);
    expect(await statusOf(', crossSite: ["https://b.example"]')).toBe(200);
  });

  it.each([
    ['session: { keys: short }', '32 characters or more'],
    ['session: {}', 'keys'],
    ['session: { keys: a secret of more than thirty-two characters, crossSite: [b.example] }', 'an origin such as'],
  ])('says what is wrong with %s', async (line, message) => {
    await expect(handlerOf(`${line}\nsites: { a: { routes: [{ path: /, respond: x }] } }`)).rejects.toThrow(message);
  });
});
