import { parseIpAddress } from '@windhover/ip';
import { describe, expect, it } from 'vitest';
import { parseTrust } from './trusted-networks.ts';

const has = (trust: string[], address: string): boolean => parseTrust(trust).has(parseIpAddress(address)!);

describe('parseTrust()', () => {
  it.each<[string, string, boolean]>([
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.0.0.0/8', '::ffff:10.0.0.1', true],
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['192.0.2.128/25', '192.0.2.127', false],
    ['192.0.2.128/25', '192.0.2.128', true],
    ['192.0.2.0/31', '192.0.2.1', true],
    ['192.0.2.0/31', '192.0.2.2', false],
    ['128.0.0.0/1', '200.0.0.1', true],
    ['0.0.0.0/0', '203.0.113.7', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '2001:db8::1', true],
    ['::/0', '203.0.113.7', false],
    ['2001:db8::/33', '2001:db8:7fff::1', true],
    ['2001:db8::/33', '2001:db8:8000::1', false],
    ['2001:db8::1', '2001:DB8:0:0::1', true],
    ['::/96', '10.0.0.1', false],
    ['loopback', '127.8.9.10', true],
    ['loopback', '::1', true],
    ['loopback', '::2', false],
    ['loopback', '128.0.0.1', false],
    ['private', '172.31.255.255', true],
    ['private', '172.32.0.0', false],
    ['private', '192.168.0.1', true],
    ['private', 'fd00::1', true],
    ['private', 'fe80::1', false],
    ['private', '127.0.0.1', false],
    ['linklocal', '169.254.169.254', true],
    ['linklocal', 'fe80::1%eth0', true],
    ['linklocal', 'fec0::1', false],
    ['unix', '127.0.0.1', false],
  ])('of %s has %s: %j', (network, address, expected) => expect(has([network], address)).toBe(expected));

  it('takes several, and tells Unix sockets apart', () => {
    expect(has(['loopback', '192.0.2.0/24'], '192.0.2.9')).toBe(true);
    expect(parseTrust(['unix'])).toMatchObject({ unix: true, isEmpty: false });
    expect(parseTrust(['loopback'])).toMatchObject({ unix: false, isEmpty: false });
    expect(parseTrust([])).toMatchObject({ unix: false, isEmpty: true });
  });

  it.each<[string, string]>([
    ['', 'expected an IP address, a network such as 10.0.0.0/8, or one of loopback, private, linklocal, unix'],
    ['localhost', 'expected an IP address'],
    ['Loopback', 'expected an IP address'],
    ['constructor', 'expected an IP address'],
    ['10.0.0.0/33', 'expected 0 to 32 bits'],
    ['::/129', 'expected 0 to 128 bits'],
    ['::ffff:10.0.0.0/8', 'expected 96 to 128 bits'],
    ['10.0.0.0/08', 'expected an IP address'],
    ['10.0.0.0/', 'expected an IP address'],
    ['10.0.0.0/8x', 'expected an IP address'],
    ['10.0.0.0/255.0.0.0', 'expected an IP address'],
    ['10.0.0/8', 'expected an IP address'],
    ['10.0.0.256', 'expected an IP address'],
    ['010.0.0.0/8', 'expected an IP address'],
    ['10.0.0.1/8', 'the network of that size begins at 10.0.0.0'],
    ['2001:db8::1/32', 'the network of that size begins at 2001:db8::'],
    ['fe80::1%eth0', 'expected an IP address'],
    ['*', 'expected an IP address'],
  ])('refuses %j and says what it expected', (entry, why) => {
    expect(() => parseTrust([entry])).toThrow(
      expect.objectContaining({
        code: 'CLIENT_ADDRESS_TRUST_INVALID',
        message: expect.stringContaining(why) as string,
      }),
    );
  });

  it.each([true, 1, 'loopback', null])('refuses %j, which is no list', (trust) => {
    expect(() => parseTrust(trust as unknown as string[])).toThrow(
      expect.objectContaining({ code: 'CLIENT_ADDRESS_TRUST_INVALID' }),
    );
  });
});
