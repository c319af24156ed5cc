import { describe, expect, it } from 'vitest';
import { parseIpAddress } from './ip-address.ts';
import { type IpNetwork, isInNetwork, parseIpNetwork } from './ip-network.ts';

describe('parseIpNetwork() and isInNetwork()', () => {
  it.each<[string, string, boolean]>([
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.0.0.0/8', '::ffff:10.0.0.1', true],
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['128.0.0.0/1', '200.0.0.1', true],
    ['0.0.0.0/0', '203.0.113.7', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '203.0.113.7', false],
    ['2001:db8::/33', '2001:db8:7fff::1', true],
    ['2001:db8::/33', '2001:db8:8000::1', false],
    ['::/96', '10.0.0.1', false],
  ])('%s has %s: %j', (network, address, expected) => {
    expect(isInNetwork(parseIpAddress(address)!, parseIpNetwork(network) as IpNetwork)).toBe(expected);
  });

  it.each([
    ['', 'expected an IP address, or a network such as 10.0.0.0/8'],
    ['localhost', 'expected an IP address, or a network such as 10.0.0.0/8'],
    ['10.0.0.0/08', 'expected an IP address, or a network such as 10.0.0.0/8'],
    ['10.0.0.0/33', 'expected 0 to 32 bits'],
    ['::/129', 'expected 0 to 128 bits'],
    ['::ffff:10.0.0.0/8', 'expected 96 to 128 bits'],
    ['10.0.0.1/8', 'the network of that size begins at 10.0.0.0'],
    ['2001:db8::1/32', 'the network of that size begins at 2001:db8::'],
  ])('says what is wrong with %j', (text, fault) => expect(parseIpNetwork(text)).toBe(fault));
});
