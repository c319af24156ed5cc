import { describe, expect, it } from 'vitest';
import { createAddressWords, readAddress } from './address-words.ts';
import { formatFaults, parseIpList } from './parse-ip-list.ts';

async function found(text: string, addresses: readonly string[]): Promise<string[]> {
  const { table, faults } = await parseIpList(text);
  if (table === null) throw new Error(formatFaults(faults));
  const words = createAddressWords();
  return addresses.map((address) => {
    readAddress(address, words);
    const network = table.find(words);
    return network < 0 ? '-' : table.format(network, words.family as 4 | 6);
  });
}

describe('parseIpList()', () => {
  it('reads addresses and networks of both kinds, with comments', async () => {
    const text =
      '\ufeff# a list\r\n192.0.2.0/24 ; SBL1\r\n\n  198.51.100.7\t# one\n2001:db8::/32\n::ffff:203.0.113.0/120\n;end';
    expect(await found(text, ['192.0.2.9', '198.51.100.7', '198.51.100.8', '2001:db8::1', '203.0.113.255'])).toEqual([
      ...['192.0.2.0/24', '198.51.100.7', '-', '2001:db8::/32', '203.0.113.0/24'],
    ]);
  });

  it('names the lines that cannot be used, with their numbers', async () => {
    const { table, faults } = await parseIpList('192.0.2.1\n192.0.2.300\n# ok\n10.0.0.1/8\n1.2.3.4 5.6.7.8\n');
    expect(table).toBeNull();
    expect(formatFaults(faults!)).toBe(
      'line 2: expected an IP address, or a network such as 10.0.0.0/8, found "192.0.2.300"; line 4: the network of that size begins at 10.0.0.0, found "10.0.0.1/8"; line 5: expected one address or network, found "1.2.3.4 5.6.7.8"',
    );
  });

  it.each(['10.0.0.0/33', '10.0.0.0/08', '10.0.0.0/', '10.0.0.0/8/8', '010.0.0.0', '10.0.0', '1.2.3.4-1.2.3.1', 'a'])(
    'refuses %j',
    async (line) => {
      expect((await parseIpList(line)).faults).toHaveLength(1);
    },
  );

  it('reads ranges', async () => {
    const text = '192.0.2.10-192.0.2.20 # some\n2001:db8::5-2001:db8::6';
    expect(
      await found(text, ['192.0.2.9', '192.0.2.10', '192.0.2.20', '192.0.2.21', '2001:db8::6', '2001:db8::7']),
    ).toEqual([...['-', '192.0.2.10/31', '192.0.2.20', '-', '2001:db8::6', '-']]);
  });

  it('reads the smallest and largest networks', async () => {
    expect(
      await found('0.0.0.0/0\n255.255.255.255\n::/0\nffff::', [
        '0.0.0.0',
        '255.255.255.255',
        '255.255.255.254',
        '::',
        'ffff::',
        'ffff::1',
      ]),
    ).toEqual([...['0.0.0.0/0', '255.255.255.255', '0.0.0.0/0', '::/0', 'ffff::', '::/0']]);
    expect(await found('', ['192.0.2.1', '::1'])).toEqual(['-', '-']);
  });

  it('reads many lines over several turns of the event loop', async () => {
    const lines = Array.from(
      { length: 50_000 },
      (_, index) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
    );
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const results = await found(lines.join('\n'), ['10.0.195.79', '10.0.195.80']);
    clearInterval(timer);
    expect(results).toEqual(['10.0.195.79', '-']);
  });

  it('agrees with a search through all networks of IPv6', async () => {
    let state = 3;
    const random = (below: number) => ((state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 8) % below;
    const entries = Array.from({ length: 80 }, () => {
      const bits = 118 + random(11);
      const size = 2 ** (128 - bits);
      return { start: Math.floor(random(1024) / size) * size, bits };
    });
    const text = ({ start, bits }: (typeof entries)[0]) =>
      `2001:db8::${start.toString(16)}${bits === 128 ? '' : `/${bits}`}`;
    const addresses = Array.from({ length: 1024 }, (_, last) => `2001:db8::${last.toString(16)}`);
    const expected = addresses.map((_, last) => {
      const matching = entries.filter(({ start, bits }) => last >= start && last < start + 2 ** (128 - bits));
      return Math.max(-1, ...matching.map(({ bits }) => bits));
    });
    const results = await found(entries.map(text).join('\n'), addresses);
    const bitsOf = (network: string) => (network === '-' ? -1 : Number(network.split('/')[1] ?? 128));
    expect(results.map(bitsOf)).toEqual(expected);
  });
});
