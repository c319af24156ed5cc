import { describe, expect, it } from 'vitest';
import { readProblem, retryTimeOf } from './acme/acme-problem.ts';
import { readRenewalInfo } from './acme/renewal-info.ts';
import { challengesFor, covers, isPrivateName, namesToOrder } from './name-rules.ts';
import { nextStep } from './next-step.ts';
import { emptyRecord, type RecordedFailure } from './order-record.ts';
import { renewalTime } from './renewal-time.ts';
import { retryTime } from './retry-time.ts';
import type { StoredCertificate } from './stored-certificate.ts';

const day = 86_400_000;
const hour = 3_600_000;
const minute = 60_000;

describe('renewalTime()', () => {
  it.each([
    ['90 days', 90, 60],
    ['6 days', 6, 4],
    ['30 days', 30, 20],
  ])('is when a third of %s is left', (_, days, due) => {
    expect(renewalTime({ validFrom: 0, validTo: days * day }, 0)).toBe(due * day);
  });

  it('spreads certificates over a twentieth of the lifetime', () => {
    expect(renewalTime({ validFrom: 0, validTo: 90 * day }, 1)).toBe(64.5 * day);
  });

  it('is in the window that the authority suggests (RFC 9773 §4.2), the past included', () => {
    const window = { startsAtMs: 10 * day, endsAtMs: 12 * day };
    expect(renewalTime({ validFrom: 0, validTo: 90 * day }, 0.5, window)).toBe(11 * day);
  });

  it('is before the certificate expires, whatever the authority suggests', () => {
    const window = { startsAtMs: 100 * day, endsAtMs: 120 * day };
    expect(renewalTime({ validFrom: 0, validTo: 90 * day }, 0.5, window)).toBe(85.5 * day);
  });
});

describe('retryTime()', () => {
  const failure = { kind: 'unreachable', count: 1, atMs: 1000, retryAtMs: null } as const;

  it.each([
    [1, minute],
    [2, 2 * minute],
    [5, 16 * minute],
    [50, hour],
  ])('after %i failures waits %i ms', (count, wait) => {
    expect(retryTime({ ...failure, count }, 0, null)).toBe(1000 + wait);
  });

  it('obeys what the authority says', () => {
    expect(retryTime({ ...failure, kind: 'rate-limited', retryAtMs: 7 * day }, 0, null)).toBe(7 * day);
    expect(retryTime({ ...failure, kind: 'rate-limited', retryAtMs: 2000 }, 0, null)).toBe(1000 + hour);
  });

  it('hurries when a certificate is about to expire, but not more than at the first failure', () => {
    expect(retryTime({ ...failure, kind: 'refused', count: 10 }, 0, 10 * hour)).toBe(1000 + hour);
    expect(retryTime({ ...failure, kind: 'refused', count: 10 }, 0, 0)).toBe(1000 + hour / 2);
  });
});

describe('nextStep()', () => {
  const certificate = { validFrom: 0, validTo: 90 * day, serial: 'AB' } as StoredCertificate;
  const failed = (atMs: number): RecordedFailure => ({
    kind: 'unreachable',
    count: 1,
    atMs,
    retryAtMs: null,
    code: '',
    message: '',
  });
  const state = { certificate: null, record: emptyRecord, issuers: ['one', 'two'], now: day, chance: 0 };

  it('orders a missing certificate now, of any issuer', () => {
    expect(nextStep(state)).toEqual({ atMs: 0, renewAtMs: null, issuers: ['one', 'two'] });
  });

  it('asks the next issuer while the first one is not to be asked', () => {
    const record = { ...emptyRecord, failures: { one: failed(day) } };
    expect(nextStep({ ...state, record })).toEqual({ atMs: 0, renewAtMs: null, issuers: ['two'] });
  });

  it('waits while no issuer is to be asked', () => {
    const record = { ...emptyRecord, failures: { one: failed(day), two: failed(day - 1000) } };
    expect(nextStep({ ...state, record })).toMatchObject({ atMs: day - 1000 + minute, issuers: [] });
  });

  it('waits until the certificate is due', () => {
    expect(nextStep({ ...state, certificate })).toMatchObject({ atMs: 60 * day, renewAtMs: 60 * day });
  });

  it('believes the authority about this certificate only', () => {
    const window = { startsAtMs: 0, endsAtMs: 1000 };
    const of = (serial: string) => ({ ...emptyRecord, renewal: { serial, window, askAgainAtMs: 0 } });
    expect(nextStep({ ...state, certificate, record: of('AB') }).atMs).toBe(0);
    expect(nextStep({ ...state, certificate, record: of('CD') }).atMs).toBe(60 * day);
  });

  it('never orders without an issuer', () => {
    expect(nextStep({ ...state, issuers: [] }).atMs).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('namesToOrder()', () => {
  it('orders for each name, except for those that a wildcard covers', () => {
    const names = ['*.example.com', 'a.example.com', 'b.a.example.com', 'example.com', 'a.example.com'];
    expect(namesToOrder(names)).toEqual(['*.example.com', 'b.a.example.com', 'example.com']);
  });
});

describe('covers()', () => {
  it.each([
    ['a.example.com', true],
    ['example.com', false],
    ['a.b.example.com', false],
    ['*.example.com', true],
  ])('says whether *.example.com is good for %s', (name, isCovered) => {
    expect(covers(['*.example.com'], name)).toBe(isCovered);
  });
});

describe('challengesFor()', () => {
  it('takes only the DNS for wildcards', () => {
    expect(challengesFor('*.example.com', ['http-01', 'tls-alpn-01', 'dns-01'])).toEqual(['dns-01']);
    expect(challengesFor('*.example.com', ['http-01'])).toEqual([]);
  });

  it('begins with the one that worked', () => {
    expect(challengesFor('example.com', ['http-01', 'tls-alpn-01'], 'tls-alpn-01')).toEqual(['tls-alpn-01', 'http-01']);
  });
});

describe('isPrivateName()', () => {
  it.each(['localhost', 'app.localhost', '10.0.0.1', '[::1]', '*.corp.internal', 'printer.local', 'server', 'x.test'])(
    'is true for %s',
    (name) => {
      expect(isPrivateName(name)).toBe(true);
    },
  );

  it.each(['example.com', '*.example.com', 'local.example.com'])('is false for %s', (name) => {
    expect(isPrivateName(name)).toBe(false);
  });
});

describe('readProblem()', () => {
  it('reads a problem with its parts, and when to come back', () => {
    const body = {
      type: 'urn:ietf:params:acme:error:rateLimited',
      detail: 'too many',
      subproblems: [{ detail: 'a.example.com' }],
    };
    expect(readProblem(429, body, '120', 1000)).toEqual({
      ...{ status: 429, type: 'rateLimited', detail: 'too many; a.example.com', retryAtMs: 121_000 },
    });
  });

  it.each([null, 'text', 7, { type: 3, detail: {} }])('survives %o', (body) => {
    expect(readProblem(500, body, undefined, 0)).toEqual({ status: 500, type: '', detail: '', retryAtMs: null });
  });
});

describe('retryTimeOf()', () => {
  it('reads seconds and dates, and nothing else', () => {
    expect(retryTimeOf('10', 1000)).toBe(11_000);
    expect(retryTimeOf('Wed, 21 Oct 2015 07:28:00 GMT', 0)).toBe(Date.UTC(2015, 9, 21, 7, 28));
    expect([retryTimeOf('soon', 0), retryTimeOf(undefined, 0)]).toEqual([null, null]);
  });
});

describe('readRenewalInfo()', () => {
  const data = { suggestedWindow: { start: '2030-01-01T00:00:00Z', end: '2030-01-02T00:00:00Z' } };
  const window = { startsAtMs: Date.UTC(2030, 0, 1), endsAtMs: Date.UTC(2030, 0, 2) };

  it('reads the window, and when to ask again, within a minute and a day', () => {
    const asked = (retryAfter: string) =>
      readRenewalInfo({ status: 200, headers: { 'retry-after': retryAfter }, data }, 0);
    expect(asked('21600')).toEqual({ window, askAgainAtMs: 6 * hour });
    expect([asked('1')?.askAgainAtMs, asked('9999999')?.askAgainAtMs]).toEqual([minute, day]);
  });

  it.each([
    {},
    { suggestedWindow: { start: 'x', end: 'y' } },
    { suggestedWindow: { start: data.suggestedWindow.end, end: data.suggestedWindow.start } },
    null,
  ])('ignores %o', (wrong) => {
    expect(readRenewalInfo({ status: 200, headers: {}, data: wrong }, 0)).toBeNull();
  });
});
