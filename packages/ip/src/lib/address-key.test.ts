import { describe, expect, it } from 'vitest';
import { addressKey } from './address-key.ts';

describe('addressKey()', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:0201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['2001:0DB8:0000:0001:ffff:ffff:ffff:ffff', '2001:db8:0:1::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['', null],
  ])('counts %j as %j', (address, expected) => expect(addressKey(address)).toBe(expected));

  it.each([
    [128, '2001:db8::1', '2001:db8:0:0:0:0:0:1'],
    [127, '2001:db8::1', '2001:db8:0:0:0:0:0:0/127'],
    [56, '2001:db8:0:1ff::1', '2001:db8:0:100::/56'],
    [48, '2001:db8:1:2::1', '2001:db8:1::/48'],
    [1, 'ffff::', '8000::/1'],
  ])('counts the leading %i bits of %s as %s', (bits, address, expected) => {
    expect(addressKey(address, bits)).toBe(expected);
  });

  it('counts a text that is no address as it is', () => {
    expect(addressKey('unix:/run/x')).toBe('unix:/run/x');
  });
});
