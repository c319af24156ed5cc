import { contextKey, HttpError, type Outcome } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { entryOf } from './access-fixtures.ts';
import { facts } from './facts.ts';
import { endReasons, whyEnded } from './why-ended.ts';

const coded = (code: string): Error => Object.assign(new Error(code), { code });
const refused = (status: number, code: string): HttpError => new HttpError(status, code, code);

describe('whyEnded()', () => {
  it.each<[string, Partial<Outcome>]>([
    ['complete', {}],
    ['complete', { status: 404, error: refused(404, 'A_B') }],
    ['upgraded', { status: 101, end: 'upgraded' }],
    ['shutdown', { end: 'shutdown', error: coded('SERVER_SHUTDOWN') }],
    ['client-closed-waiting', { end: 'client-closed', status: 0 }],
    ['client-closed-response', { end: 'client-closed', status: 200 }],
    ['client-slow-request', { status: 408, error: refused(408, 'SERVER_BODY_TOO_SLOW') }],
    ['client-slow-response', { end: 'deadline', error: coded('SERVER_RESPONSE_TOO_SLOW') }],
    ['request-invalid', { status: 400, error: refused(400, 'HTTP1_BAD_CHUNK') }],
    ['limit', { status: 413, error: refused(413, 'CORE_BODY_TOO_LARGE') }],
    ['limit', { status: 429, error: refused(429, 'RATE_LIMIT') }],
    ['dropped', { status: 444, error: coded('SERVER_DROPPED') }],
    ['deadline', { status: 504, error: refused(504, 'TIMEOUT') }],
    ['deadline', { end: 'deadline' }],
    ['failed', { status: 500, end: 'handler-failed', error: new TypeError() }],
    ['upstream-refused', { status: 502, error: refused(502, 'PROXY_CONNECT') }],
    ['upstream-connect-timeout', { status: 504, error: refused(504, 'PROXY_CONNECT_TIMEOUT') }],
    ['upstream-timeout', { status: 504, error: refused(504, 'PROXY_TIMEOUT') }],
    ['upstream-closed', { status: 502, error: refused(502, 'PROXY_NO_RESPONSE') }],
    ['upstream-invalid', { status: 502, error: refused(502, 'PROXY_BAD_RESPONSE') }],
    ['upstream-cut', { end: 'handler-failed', error: coded('CLIENT_BODY_TRUNCATED') }],
    ['upstream-silent', { end: 'handler-failed', error: coded('CLIENT_BODY_TIMEOUT') }],
  ])('says %s for %j', async (reason, outcome) => {
    expect(whyEnded(await entryOf(outcome))).toBe(reason);
    expect(endReasons).toHaveProperty(reason);
  });

  it.each([
    ['connect', 'upstream-refused'],
    ['connect-timeout', 'upstream-connect-timeout'],
    ['response-timeout', 'upstream-timeout'],
    ['reset', 'upstream-closed'],
    ['bad-response', 'upstream-invalid'],
    ['something new', 'upstream-closed'],
  ])('knows from the proxy that an upstream failed, without an error: %s', async (failure, reason) => {
    expect(whyEnded(await entryOf({ status: 502 }, { failure }))).toBe(reason);
  });

  it('takes an upstream that answered at the second attempt for complete', async () => {
    expect(whyEnded(await entryOf({ status: 200 }, { failure: 'connect' }))).toBe('complete');
  });

  it('tells whether the client left while its body was awaited', async () => {
    const entry = await entryOf({ end: 'client-closed', status: 0 }, null, { body: 'abc' });
    expect(whyEnded(entry)).toBe('client-closed-waiting');
    entry.context.request.body.cancel(new Error('gone'));
    expect(whyEnded(entry)).toBe('client-closed-request');
  });

  it('says limit for what a rate limit has refused', async () => {
    const entry = await entryOf({ status: 429 });
    entry.context.set(contextKey('refusal'), { code: 'RATE_LIMIT_EXCEEDED', rule: 'login' });
    expect([whyEnded(entry), facts.code(entry), facts.rule(entry)]).toEqual(['limit', 'RATE_LIMIT_EXCEEDED', 'login']);
  });
});
