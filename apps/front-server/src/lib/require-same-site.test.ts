import { describe, expect, it } from 'vitest';
import { misuseOf } from './require-same-site.ts';

const connection = (policy?: string | null) => ({
  tls:
    policy === null
      ? null
      : {
          protocol: 'TLSv1.3',
          cipher: 'x',
          serverName: 'x',
          alpnProtocol: null,
          ...(policy === undefined ? {} : { clientCertificate: { policy, raw: null, fault: null } }),
        },
});
const site = (policy: string, mode: 'require' | 'request' = 'require') => ({
  policy,
  options: { caFile: '/ca.pem', mode },
});

describe('misuseOf()', () => {
  it.each([
    ['a site that asks, over its own connection', connection('a'), site('a'), null],
    ['a site that asks, over that of another that asks', connection('b'), site('a'), 'other site'],
    ['a site that asks, over that of one that does not', connection(), site('a'), 'other site'],
    ['a site that does not ask, over that of one that does', connection('a'), undefined, 'other site'],
    ['a site that does not ask, over that of another one', connection(), undefined, null],
    ['a site that requires, without TLS', connection(null), site('a'), 'no TLS'],
    ['a site that requests, without TLS', connection(null), site('a', 'request'), null],
    ['a site that requests, over that of one that does not', connection(), site('a', 'request'), 'other site'],
    ['a site that does not ask, without TLS', connection(null), undefined, null],
  ] as const)('%s', (_case, info, own, expected) => {
    expect(misuseOf(info, own)).toBe(expected);
  });
});
