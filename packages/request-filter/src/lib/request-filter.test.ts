import { contextKey, type HttpContext } from '@windhover/core';
import { checkedCompose, createManualClock, type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import type { RequestFilterOptions } from './filter-options.ts';
import { RequestFilter, requestFilter } from './request-filter.ts';

const quiet = { warn: () => undefined };
const refusalKey = contextKey<{ code: string; rule: string; subStatus?: number }>('refusal');

async function ask(options: RequestFilterOptions, init: RunInit) {
  let noted: unknown;
  const layer = requestFilter({ log: quiet, ...options });
  const result = await runHandler(
    checkedCompose(
      [
        async (context, next) => {
          context.onSent(() => void (noted = context.get(refusalKey)));
          await next(context);
        },
        layer,
      ],
      async ({ request, response }: HttpContext) => {
        response.body = `${(await request.body.bytes()).byteLength}`;
      },
    ),
    init,
  );
  return { status: result.status, text: result.text(), headers: [...result.headers], noted };
}

async function* chunks(...sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (const size of sizes) yield new Uint8Array(size);
}

describe('requestFilter()', () => {
  it('tells the client the status only, and the log the rest', async () => {
    const { status, text, headers, noted } = await ask({ preset: 'iis-defaults' }, { url: '/bin/x' });
    expect([status, text, JSON.stringify(headers)]).toEqual([404, '', expect.not.stringMatching(/404\.8|bin|hidden/i)]);
    expect(noted).toEqual({ code: 'REQUEST_FILTER_HIDDEN_SEGMENT', rule: '404.8: hidden segment bin', subStatus: 8 });
  });

  it('refuses a body by its announced length, and counts the others while they arrive', async () => {
    const options = { maxBodyBytes: 10 };
    expect(await ask(options, { body: 'x'.repeat(10) })).toMatchObject({ status: 200, text: '10' });
    expect(await ask(options, { body: 'x'.repeat(11) })).toMatchObject({ status: 413, text: '' });
    expect(await ask(options, { body: chunks(5, 5) })).toMatchObject({ status: 200, text: '10' });
    expect((await ask(options, { body: chunks(6, 5) })).status).toBe(413);
  });

  it('never makes a stricter limit of others larger', async () => {
    const inner: (context: HttpContext) => Promise<void> = async ({ request, response }) => {
      response.body = `${request.body.maxBytes}`;
    };
    const stricter = checkedCompose(
      [
        (context, next) => {
          context.request.body.maxBytes = 5;
          return next(context);
        },
        requestFilter({ maxBodyBytes: 10 }),
      ],
      inner,
    );
    expect((await runHandler(stricter, { body: chunks(1) })).text()).toBe('5');
  });

  it('only says what it would do in a dry run', async () => {
    const told: string[] = [];
    const observer = { refused: ({ rule }: { rule: string }, isDry: boolean) => void told.push(`${rule} ${isDry}`) };
    const options: RequestFilterOptions = { preset: 'iis-defaults', maxBodyBytes: 3, dryRun: true, observer };
    expect(await ask(options, { url: '/bin/x' })).toMatchObject({
      status: 200,
      noted: { code: 'REQUEST_FILTER_DRY_RUN', rule: '404.8: hidden segment bin' },
    });
    expect(await ask(options, { body: chunks(2, 2) })).toMatchObject({
      text: '4',
      noted: { code: 'REQUEST_FILTER_DRY_RUN', rule: '413.1: body of more than 3 bytes' },
    });
    expect(told).toEqual(['hidden segment bin true', 'body of more than 3 bytes true']);
  });

  it('drops the connection, or answers another status, if asked', async () => {
    expect((await ask({ verbs: { deny: ['GET'] }, refuse: 'drop' }, {})).status).toBe(444);
    const other = await ask({ verbs: { deny: ['GET'] }, status: 405 }, {});
    expect([other.status, other.noted]).toEqual([405, { code: 'REQUEST_FILTER_VERB', rule: '404.6: method GET' }]);
  });

  it('leaves requests alone for which `when` says no', async () => {
    const options: RequestFilterOptions = {
      preset: 'iis-defaults',
      when: ({ request }) => request.host !== 'git.example',
    };
    expect((await ask(options, { url: '/bin/', headers: { Host: 'git.example' } })).status).toBe(200);
    expect((await ask(options, { url: '/bin/' })).status).toBe(404);
  });

  it('tells the log once a minute, with how many there were', async () => {
    const lines: unknown[] = [];
    const clock = createManualClock({ now: 0 });
    const log = {
      warn: (_text: string, facts?: Readonly<Record<string, unknown>>) => void lines.push(facts?.['refused']),
    };
    const filter = new RequestFilter({ verbs: { deny: ['GET'] }, log }, clock);
    const once = () => runHandler(checkedCompose([filter.middleware], () => undefined));
    for (let index = 0; index < 3; index++) await once();
    clock.advance(60_000);
    await once();
    expect(lines).toEqual([1, 3]);
  });
});
