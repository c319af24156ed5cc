import { contextKey, type HttpContext } from '@windhover/core';
import { createManualClock, type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { type CspReport, cspReports } from './csp-reports.ts';
import { hostFilter } from './host-filter.ts';
import { serverTiming } from './server-timing.ts';

const hello = ({ response }: HttpContext): void => {
  response.body = 'hello';
};

describe('hostFilter()', () => {
  it.each([
    [['shop.example'], 'shop.example', 200],
    [['shop.example'], 'SHOP.example:8080', 200],
    [['shop.example'], 'evil.example', 400],
    [['shop.example'], 'shop.example.evil.example', 400],
    [['*.example'], 'shop.example', 200],
    [['*.example'], 'example', 400],
    [['*.example'], 'evilexample', 400],
    [['shop.example'], '', 400],
    [['[::1]'], '[::1]:80', 200],
  ])('with %j answers %s with %i', async (hosts, host, status) => {
    const middleware = hostFilter(hosts);
    expect((await runHandler((context) => middleware(context, hello), { headers: { Host: host } })).status).toBe(
      status,
    );
  });

  it.each([[[]], [['Shop.example']], [['shop.example:80']], [['*']], [['a.*.b']], ['a']])('refuses %j', (hosts) => {
    expect(() => hostFilter(hosts as never)).toThrow(expect.objectContaining({ code: 'HEADERS_OPTION_INVALID' }));
  });
});

describe('serverTiming()', () => {
  it('tells the time of the answer and of the upstream, beside what the application tells', async () => {
    const clock = createManualClock();
    const middleware = serverTiming({ clock });
    const result = await runHandler((context) =>
      middleware(context, async ({ response }) => {
        response.headers.set('Server-Timing', 'db;dur=5');
        context.set(contextKey('proxy.upstream'), { startedAt: 1000, headAt: 1012.34 });
        await clock.advance(20);
        response.body = 'hello';
      }),
    );
    expect(result.headers.getAll('server-timing')).toEqual(['db;dur=5', 'upstream;dur=12.3', 'total;dur=20']);
  });

  it('refuses unknown options', () => {
    expect(() => serverTiming({ all: true } as never)).toThrow(
      expect.objectContaining({ code: 'HEADERS_OPTION_INVALID' }),
    );
  });
});

describe('cspReports()', () => {
  const report = {
    'csp-report': {
      'document-uri': 'https://a/',
      'blocked-uri': 'inline',
      'violated-directive': 'script-src',
      'line-number': 5,
    },
  };
  const send = async (init: RunInit, clock = createManualClock()) => {
    const reports: CspReport[] = [];
    const middleware = cspReports({ onReport: (each) => reports.push(each), clock });
    const result = await runHandler((context) => middleware(context, hello), {
      method: 'POST',
      url: '/csp-reports',
      ...init,
    });
    return { status: result.status, reports };
  };

  it('takes both formats that browsers send', async () => {
    expect(await send({ body: JSON.stringify(report) })).toMatchObject({
      status: 204,
      reports: [{ documentUrl: 'https://a/', blockedUrl: 'inline', directive: 'script-src', lineNumber: 5 }],
    });
    const list = [
      { type: 'csp-violation', body: { documentURL: 'https://b/', effectiveDirective: 'img-src' } },
      { type: 'other', body: {} },
    ];
    expect(await send({ body: JSON.stringify(list) })).toMatchObject({
      status: 204,
      reports: [{ directive: 'img-src' }],
    });
  });

  it.each(['null', '[]', '5', '{}', '{"csp-report":[]}', '[{"type":"csp-violation"}]'])('forgets %s', async (body) => {
    expect(await send({ body })).toEqual({ status: 204, reports: [] });
  });

  it('refuses what is no JSON, what is too large, and other methods', async () => {
    expect((await send({ body: '{' })).status).toBe(400);
    expect((await send({ body: ' '.repeat(70_000) })).status).toBe(413);
    expect((await send({ method: 'GET' })).status).toBe(405);
    expect((await send({ url: '/other' })).status).toBe(200);
  });

  it('tells at most 100 in a minute', async () => {
    const many = (count: number) =>
      JSON.stringify(
        Array.from({ length: count }, () => ({ type: 'csp-violation', body: { effectiveDirective: 'x' } })),
      );
    expect((await send({ body: many(150) })).reports).toHaveLength(100);
  });
});
