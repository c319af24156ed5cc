import { formatIpAddress } from '@windhover/ip';
import { describe, expect, it } from 'vitest';
import { parseIpRange } from './parse-ip-range.ts';

const networks = (text: string) => {
  const parsed = parseIpRange(text);
  return Array.isArray(parsed) ? parsed.map(({ address, bits }) => `${formatIpAddress(address)}/${bits}`) : parsed;
};

describe('parseIpRange()', () => {
  it.each([
    ['192.0.2.10-192.0.2.20', ['192.0.2.10/31', '192.0.2.12/30', '192.0.2.16/30', '192.0.2.20/32']],
    ['192.0.2.0-192.0.2.255', ['192.0.2.0/24']],
    ['192.0.2.1-192.0.2.1', ['192.0.2.1/32']],
    ['0.0.0.0-255.255.255.255', ['0.0.0.0/0']],
    ['255.255.255.254-255.255.255.255', ['255.255.255.254/31']],
    ['2001:db8::-2001:db8::2', ['2001:db8::/127', '2001:db8::2/128']],
    ['::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', ['::/0']],
    ['::ffff:10.0.0.0-::ffff:10.0.0.1', ['10.0.0.0/31']],
  ])('covers %s', (text, expected) => {
    expect(networks(text)).toEqual(expected);
  });

  it.each([
    '192.0.2.10-20',
    '192.0.2.10-',
    '-192.0.2.10',
    '192.0.2.1-2001:db8::',
    '1.1.1.1-1.1.1.256',
    '1.1.1.1-1.1.1.2-1.1.1.3',
    'fe80::1%a-fe80::2',
  ])('refuses %s', (text) => {
    expect(networks(text)).toBe('expected a range of two addresses, such as 192.0.2.10-192.0.2.20');
  });

  it('refuses a range that goes backwards, and leaves anything else alone', () => {
    expect(networks('192.0.2.2-192.0.2.1')).toContain('must not be smaller');
    expect([networks('192.0.2.0/24'), networks('my-host'), networks('192.0.2.0/-1')]).toEqual([null, null, null]);
  });
});
