import { parseForwardedNode } from '@windhover/http-semantics';
import { describe, expect, it } from 'vitest';
import { formatIpAddress, parseIPv4, parseIpAddress } from './ip-address.ts';

const canonical = (text: string): string | null => {
  const address = parseIpAddress(text);
  return address === null ? null : formatIpAddress(address);
};

describe('parseIpAddress() and formatIpAddress()', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['fe80::1%eth0', 'fe80::1'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
  ])('gives %s one text (RFC 5952): %s', (text, expected) => expect(canonical(text)).toBe(expected));

  it.each(['::ffff:192.0.2.1', '::FFFF:c000:201', '0:0:0:0:0:ffff:192.0.2.1'])('takes %s as IPv4', (text) => {
    expect(canonical(text)).toBe('192.0.2.1');
  });

  it.each(['::192.0.2.1', '::ffff:0:192.0.2.1', '1::ffff:192.0.2.1'])('does not take %s as IPv4', (text) => {
    expect(canonical(text)).toContain(':');
  });

  it.each([
    '',
    'localhost',
    '_hidden',
    'unknown',
    '192.0.2.1:80',
    '[::1]',
    '192.0.2.256',
    '192.0.2',
    '192.0.2.01',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '2130706433',
    '127.1',
    '192.0.2.1%eth0',
    '1::2::3',
    ' ::1',
  ])('reads no address in %j', (text) => expect(parseIpAddress(text)).toBeNull());
});

describe('parseIPv4()', () => {
  it('reads what http-semantics takes for an IPv4 address, and nothing else', () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647; // Lehmer's generator
    const pick = (choices: string): string => choices[Math.floor(random() * choices.length)]!;
    const octets = [
      '0',
      '1',
      '9',
      '10',
      '99',
      '100',
      '127',
      '199',
      '249',
      '255',
      '256',
      '300',
      '00',
      '01',
      '',
      '-1',
      '1e1',
      'a',
      ' 1',
    ];
    for (let count = 0; count < 20_000; count++) {
      const parts = Array.from({ length: Math.floor(random() * 2.2) + 3 }, () =>
        random() < 0.8 ? String(Math.floor(random() * 260)) : octets[Math.floor(random() * octets.length)]!,
      );
      const text = random() < 0.9 ? parts.join('.') : parts.join('.') + pick('.0 a:/');
      const node = parseForwardedNode(text);
      const expected = node?.kind === 'ip' && node.port === null ? node.name : null;
      const address = parseIPv4(text);
      expect([text, address === null ? null : formatIpAddress(address)]).toEqual([text, expected]);
    }
  });
});
