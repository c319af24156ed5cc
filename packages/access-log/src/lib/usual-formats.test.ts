import { contextKey } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { entryOf, lineOf, noon } from './access-fixtures.ts';
import { usualFormats } from './usual-formats.ts';

const headers = { Host: 'example.com', Referer: 'https://example.org/a', 'User-Agent': 'curl/8.5.0' };

describe('combined', () => {
  it('is the format of Apache and nginx, with the time in UTC', async () => {
    expect(await lineOf('combined', { url: '/a?b=c', headers })).toBe(
      '127.0.0.1 - - [01/Mar/2026:12:00:00 +0000] "GET /a?b=c HTTP/1.1" 200 5 "https://example.org/a" "curl/8.5.0"\n',
    );
  });

  it('writes a dash for a missing value', async () => {
    expect(await lineOf('combined', { connection: { remoteAddress: '' } })).toBe(
      '- - - [01/Mar/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "-"\n',
    );
  });

  it('names the user in one word', async () => {
    const user = contextKey<{ readonly name: string }>('auth.user');
    const line = await lineOf('combined', {}, (context) => context.set(user, { name: 'Ann "root" Lee' }));
    expect(line).toContain('127.0.0.1 - Ann\\x20\\x22root\\x22\\x20Lee [');
  });

  it('ends quoted values at their quote, whatever the client sent (log injection)', async () => {
    const agent = 'x" 200 5 "-" "y\\';
    const line = await lineOf('combined', { headers: { 'User-Agent': agent, Referer: 'caf\xe9\t' } });
    expect(line).toContain('"caf\\xE9\\x09" "x\\x22 200 5 \\x22-\\x22 \\x22y\\x5C"\n');
  });
});

it('console tells how a call of gRPC failed, and why, but not that it went well', async () => {
  const key = contextKey<number>('grpc.status');
  const post = { method: 'POST', url: '/shop.Shop/Get', headers };
  expect(await lineOf('console', post, (context) => context.set(key, 5))).toContain('0.0ms grpc-status=5');
  expect(await lineOf('console', post, (context) => context.set(key, 0))).not.toContain('grpc');
});

it('common is combined without its last two columns', async () => {
  expect(await lineOf('common', { url: '/a', headers })).toBe(
    '127.0.0.1 - - [01/Mar/2026:12:00:00 +0000] "GET /a HTTP/1.1" 200 5\n',
  );
});

describe('json', () => {
  it('has every fact that the exchange has, under its fixed name', async () => {
    const line = await lineOf('json', { url: '/a?b=c', headers });
    expect(JSON.parse(line)).toEqual({
      level: 'access',
      time: '2026-03-01T12:00:00.123Z',
      client: '127.0.0.1',
      method: 'GET',
      host: 'example.com',
      path: '/a',
      query: 'b=c',
      protocol: 'HTTP/1.1',
      status: 200,
      bytes: 5,
      durationMs: 0,
      waitMs: 0,
      firstByteMs: 0,
      bodyMs: 0,
      end: 'complete',
      referer: 'https://example.org/a',
      userAgent: 'curl/8.5.0',
    });
  });

  it('has ids, user, site, route, upstream and the code of an error', async () => {
    const entry = await entryOf({ status: 502, error: Object.assign(new Error(), { code: 'A_B' }) }, {});
    const { context } = entry;
    context.set(contextKey<string>('request.id'), 'r-1');
    context.set(contextKey<object>('auth.user'), { name: 'ann' });
    context.set(contextKey<object>('tracing.context'), { traceId: 'abc' });
    Object.assign(context, { site: 'shop', route: '/a' });
    const facts = {
      requestId: 'r-1',
      user: 'ann',
      traceId: 'abc',
      site: 'shop',
      route: '/a',
      upstream: 'shop',
      code: 'A_B',
    };
    expect(JSON.parse(usualFormats.json.line(entry))).toMatchObject(facts);
  });

  it('splits the duration into stages that add up', async () => {
    const times = { startedAt: noon, headAt: noon + 40, endedAt: noon + 100 };
    const entry = await entryOf(times, { startedAt: noon + 12, connectedAt: noon + 15.25 });
    const line = JSON.parse(usualFormats.json.line({ ...entry, handledAt: noon + 10 })) as Record<string, unknown>;
    expect(line).toMatchObject({
      durationMs: 100,
      waitMs: 10,
      upstreamConnectMs: 3.25,
      firstByteMs: 26.75,
      bodyMs: 60,
    });
  });

  it('has the rule that has refused a request, and its sub-status', async () => {
    const entry = await entryOf();
    entry.context.set(contextKey('refusal'), { code: 'X_DENIED', rule: '404.8: hidden segment bin', subStatus: 8 });
    expect(JSON.parse(usualFormats.json.line(entry))).toMatchObject({
      code: 'X_DENIED',
      rule: '404.8: hidden segment bin',
      subStatus: 8,
    });
    const dry = await entryOf();
    dry.context.set(contextKey('refusal'), { code: 'X_DRY_RUN', rule: 'deny 10.0.0.0/8' });
    const line = JSON.parse(usualFormats.json.line(dry)) as Record<string, unknown>;
    expect([line['code'], line['rule'], 'subStatus' in line]).toEqual(['X_DRY_RUN', 'deny 10.0.0.0/8', false]);
  });

  it('is one line of ASCII, whatever the client sent', async () => {
    const line = await lineOf('json', { headers: { 'User-Agent': 'a"\\\t\x85\xe9' } });
    expect(line).toMatch(/^[ -~]+\n$/);
    expect((JSON.parse(line) as { userAgent: string }).userAgent).toBe('a"\\\t\x85\xe9');
  });
});

describe('w3c', () => {
  it('has the fields of IIS in their order', async () => {
    const connection = { localAddress: '10.0.0.1', localPort: 8080 };
    const agent = { ...headers, 'User-Agent': 'Mozilla/5.0 (X11)' };
    expect(await lineOf('w3c', { url: '/a?b=c', headers: agent, connection })).toBe(
      '2026-03-01 12:00:00 10.0.0.1 GET /a b=c 8080 - 127.0.0.1 Mozilla/5.0+(X11) https://example.org/a 200 0 0 0\n',
    );
  });

  it('has the sub-status of the rule that has refused a request', async () => {
    const entry = await entryOf();
    entry.context.set(contextKey('refusal'), { code: 'X', rule: 'hidden segment bin', subStatus: 8 });
    expect(usualFormats.w3c.line(entry)).toMatch(/ 200 8 0 \d+\n$/);
  });

  it('writes a dash for a missing value', async () => {
    const connection = { localAddress: '', remoteAddress: '' };
    expect(await lineOf('w3c', { connection })).toBe('2026-03-01 12:00:00 - GET / - 80 - - - - 200 0 0 0\n');
  });

  it('begins a file with its directives', () => {
    expect(usualFormats.w3c.header?.split('\n')).toEqual([
      '#Software: Windhover',
      '#Version: 1.0',
      '#Date: {now}',
      '#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken',
      '',
    ]);
  });
});

describe('console', () => {
  it('is one line without the query, which may contain credentials', async () => {
    expect(await lineOf('console', { url: '/a?token=b', headers })).toBe(
      '2026-03-01T12:00:00.123Z 127.0.0.1 GET example.com/a 200 5 0.0ms\n',
    );
  });

  it('says why the exchange ended unless it was complete', async () => {
    const entry = await entryOf({ end: 'client-closed', endedAt: noon + 2.34 });
    expect(usualFormats.console.line(entry)).toMatch(/ 2\.3ms client-closed-response\n$/);
  });

  it('says which rule has refused a request, or would have refused it', async () => {
    const refused = await entryOf();
    refused.context.set(contextKey('refusal'), { code: 'X_DENIED', rule: '404.8: hidden segment bin\n', subStatus: 8 });
    expect(usualFormats.console.line(refused)).toMatch(/ms X_DENIED \(404\.8: hidden segment bin\\x0A\)\n$/);
    const dry = await entryOf({ end: 'client-closed' });
    dry.context.set(contextKey('refusal'), { code: 'X_DRY_RUN', rule: 'deny 10.0.0.0/8' });
    expect(usualFormats.console.line(dry)).toMatch(/ms client-closed-response X_DRY_RUN \(deny 10\.0\.0\.0\/8\)\n$/);
  });

  it('marks the missing address of a Unix socket', async () => {
    expect(await lineOf('console', { connection: { remoteAddress: '' } })).toContain('Z - GET ');
  });

  it('escapes what could steer a terminal or forge a line', async () => {
    const entry = await entryOf();
    const line = usualFormats.console.line({ ...entry, path: '/\u001b[31m\n\u009b\u202e' });
    expect(line).toContain('/\\x1B[31m\\x0A\\x9B\\u202E ');
  });
});
