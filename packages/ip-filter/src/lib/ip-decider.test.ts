import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { IpDecider } from './ip-decider.ts';
import { checkIpFilterOptions, type IpFilterOptions } from './ip-filter-options.ts';

/** The rule that decides, with `+` in front if it lets the client in. */
function decide(options: IpFilterOptions, address: string): string {
  checkIpFilterOptions(options, 'requests');
  const decision = new IpDecider(options).decide(address);
  if (decision instanceof Promise) throw new Error('a name is looked up');
  return `${decision.isAllowed ? '+' : '-'}${decision.rule}`;
}

const many = (options: IpFilterOptions, addresses: readonly string[]) => addresses.map((each) => decide(options, each));

describe('IpDecider', () => {
  it('keeps out whom only `deny` means, and lets in whom only `allow` means', () => {
    expect(many({ deny: '192.0.2.0/24' }, ['192.0.2.1', '192.0.3.1'])).toEqual(['-deny 192.0.2.0/24', '+unlisted']);
    expect(many({ allow: '192.0.2.0/24' }, ['192.0.2.1', '192.0.3.1'])).toEqual(['+allow 192.0.2.0/24', '-unlisted']);
    expect(decide({ allow: '192.0.2.1', unlisted: 'allow' }, '192.0.2.2')).toBe('+unlisted');
    expect(decide({ deny: '192.0.2.1', unlisted: 'deny' }, '192.0.2.2')).toBe('-unlisted');
  });

  it('takes the smallest network of `allow` and `deny`, and `deny` where both have the same', () => {
    const options: IpFilterOptions = {
      allow: ['10.0.0.0/8', '10.1.2.3', '10.9.9.9'],
      deny: ['10.1.0.0/16', '10.9.9.9'],
    };
    expect(many(options, ['10.2.0.0', '10.1.2.2', '10.1.2.3', '10.1.2.4', '10.9.9.9', '11.0.0.0'])).toEqual([
      ...['+allow 10.0.0.0/8', '-deny 10.1.0.0/16', '+allow 10.1.2.3', '-deny 10.1.0.0/16', '-deny 10.9.9.9'],
      '+unlisted',
    ]);
  });

  it('takes the first of `rules` that matches, as IIS does', () => {
    const rules = [{ deny: '10.1.0.0/16' }, { allow: ['10.0.0.0/8'] }, { deny: ['10.2.0.0/16', '0.0.0.0/0'] }];
    expect(many({ rules }, ['10.1.2.3', '10.2.0.0', '10.255.255.255', '9.255.255.255'])).toEqual([
      ...['-deny 10.1.0.0/16', '+allow 10.0.0.0/8', '+allow 10.0.0.0/8', '-deny 0.0.0.0/0'],
    ]);
    expect(decide({ rules, order: 'longest' }, '10.2.0.0')).toBe('-deny 10.2.0.0/16');
  });

  it.each([
    ['the last address of a network', '192.0.2.255', '-'],
    ['the address after a network', '192.0.3.0', '+'],
    ['the address before a network', '192.0.1.255', '+'],
    ['an IPv4-mapped address', '::ffff:192.0.2.1', '-'],
    ['an IPv4-mapped address in hexadecimal digits', '::ffff:c000:201', '-'],
    ['an IPv4-mapped address written out', '0:0:0:0:0:FFFF:192.0.2.1', '-'],
    ['an address inside of IPv6', '2001:db8::1', '-'],
    ['the last address inside of IPv6', '2001:db8:0:ffff:ffff:ffff:ffff:ffff', '-'],
    ['an address outside', '2001:db8:1::', '+'],
    ['letters in the other case', '2001:DB8::A', '-'],
    ['an address with a zone', '2001:db8::1%eth0', '-'],
    ['an IPv4-compatible address, which is none', '::192.0.2.1', '+'],
  ])('knows %s', (_what, address, expected) => {
    expect(decide({ deny: ['192.0.2.0/24', '2001:db8::/48'] }, address)[0]).toBe(expected);
  });

  it('compares a mapped network with IPv4 addresses', () => {
    expect(many({ deny: '::ffff:10.0.0.0/104' }, ['10.1.2.3', '::ffff:10.1.2.3', '11.0.0.0'])).toEqual([
      ...['-deny ::ffff:10.0.0.0/104', '-deny ::ffff:10.0.0.0/104', '+unlisted'],
    ]);
    expect(many({ allow: '::/0' }, ['2001:db8::1', '10.0.0.1'])).toEqual(['+allow ::/0', '-unlisted']);
  });

  it.each([
    '192.0.2.256',
    '192.0.2',
    '192.0.2.1.1',
    '0300.0.2.1',
    '192.0.2.01',
    '0xc0.0.2.1',
    '3221225985',
    ' 192.0.2.1',
    '192.0.2.1/24',
    '1::2::3',
    '2001:db8::g',
    'localhost',
  ])('lets nobody in as %j, which is no address', (text) => {
    expect(decide({ deny: '203.0.113.1' }, text)).toBe('-not an address');
  });

  it.each([
    ['192.0.2.256', 'expected an IP address'],
    ['192.0.2.0/33', 'expected 0 to 32 bits'],
    ['192.0.2.0/', 'expected an IP address'],
    ['192.0.2.0/024', 'expected an IP address'],
    ['192.0.2.0/-1', 'expected an IP address'],
    ['192.0.2.0/24x', 'expected an IP address'],
    ['192.0.2.0/255.0.255.0', 'expected an IP address'],
    ['192.0.2.1/255.255.255.0', 'the network of that size begins at 192.0.2.0'],
    ['2001:db8::/255.0.0.0', 'expected an IP address'],
    ['192.0.2.1/24', 'the network of that size begins at 192.0.2.0'],
    ['2001:db8::/129', 'expected 0 to 128 bits'],
    ['::ffff:10.0.0.0/95', 'expected 96 to 128 bits'],
    ['fe80::1%eth0', 'expected an IP address'],
    ['lan', 'or one of loopback, private, linklocal, unix'],
  ])('refuses %j in a rule', (entry, message) => {
    expect(() => decide({ deny: entry }, '::1')).toThrow(message);
  });

  it.each([
    ['192.0.2.0/255.255.255.0', '192.0.2.255', '192.0.3.0'],
    ['192.0.2.1/255.255.255.255', '192.0.2.1', '192.0.2.2'],
    ['128.0.0.0/128.0.0.0', '255.255.255.255', '127.255.255.255'],
    ['192.0.2.0/255.255.255.254', '192.0.2.1', '192.0.2.2'],
  ])('reads the subnet mask of %s, as IIS has it', (deny, inside, outside) => {
    expect(many({ deny }, [inside, outside]).map((each) => each[0])).toEqual(['-', '+']);
    expect(decide({ deny: '0.0.0.0/0.0.0.0' }, '9.9.9.9')[0]).toBe('-');
  });

  it('reads a range', () => {
    expect(many({ deny: '192.0.2.10-192.0.2.20' }, ['192.0.2.9', '192.0.2.10', '192.0.2.20', '192.0.2.21'])).toEqual([
      ...['+unlisted', '-deny 192.0.2.10-192.0.2.20', '-deny 192.0.2.10-192.0.2.20', '+unlisted'],
    ]);
    expect(() => decide({ deny: '192.0.2.2-192.0.2.1' }, '::1')).toThrow('must not be smaller');
  });

  it('knows the names of networks', () => {
    const options: IpFilterOptions = { allow: ['loopback', 'private', 'linklocal'] };
    expect(
      many(options, ['127.0.0.1', '::1', '172.31.0.1', '172.32.0.1', 'fe80::1%eth0', 'fd00::1']).map((each) => each[0]),
    ).toEqual([...['+', '+', '+', '-', '+', '+']]);
  });

  it('takes clients of a Unix socket as unlisted unless a rule means them', () => {
    expect(decide({ deny: '0.0.0.0/0' }, '')).toBe('+unlisted');
    expect(decide({ allow: '10.0.0.0/8' }, '')).toBe('-unlisted');
    expect(decide({ allow: ['10.0.0.0/8', 'unix'] }, '')).toBe('+allow unix');
    expect(decide({ rules: [{ deny: 'unix' }, { allow: 'unix' }] }, '')).toBe('-deny unix');
  });

  it('agrees with a search through all networks', () => {
    let state = 11;
    const random = (below: number) => ((state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 8) % below;
    for (const order of ['longest', 'first'] as const) {
      const entries = Array.from({ length: 60 }, () => {
        const bits = 24 + random(9);
        const size = 2 ** (32 - bits);
        return { start: Math.floor(random(1024) / size) * size, bits, isAllowed: random(2) === 1 };
      });
      const text = ({ start, bits }: (typeof entries)[0]) => `10.0.${start >> 8}.${start & 255}/${bits}`;
      const rules = entries.map((each) => ({ [each.isAllowed ? 'allow' : 'deny']: text(each) }));
      const decider = new IpDecider({ rules, order });
      for (let last = 0; last < 1024; last++) {
        const matching = entries.filter(({ start, bits }) => last >= start && last < start + 2 ** (32 - bits));
        const longest = Math.max(...matching.map(({ bits }) => bits));
        const best = matching.filter(({ bits }) => bits === longest);
        const expected = order === 'first' ? matching[0] : (best.find(({ isAllowed }) => !isAllowed) ?? best[0]);
        const decision = decider.decide(`10.0.${last >> 8}.${last & 255}`) as { isAllowed: boolean; rule: string };
        const rule = expected === undefined ? 'unlisted' : `${expected.isAllowed ? 'allow' : 'deny'} ${text(expected)}`;
        expect(`${last} ${decision.rule}`).toBe(`${last} ${rule}`);
      }
    }
  });
});

describe('domain names', () => {
  const dns: Record<string, readonly string[]> = {
    '192.0.2.1': ['crawl.bot.example.'],
    'crawl.bot.example': ['192.0.2.1', '2001:db8::1'],
    '192.0.2.2': ['crawl.bot.example'], // claims a name that is not its own
    '192.0.2.3': ['other.example'],
    'other.example': ['192.0.2.3'],
    '192.0.2.4': ['evilbot.example'],
    'evilbot.example': ['192.0.2.4'],
    '2001:db8::1': ['CRAWL.bot.example'],
  };
  const asked: string[] = [];
  const notFound = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
  const resolver = {
    reverse: async (address: string) => {
      asked.push(address);
      return dns[address] ?? Promise.reject(notFound);
    },
    addresses: async (name: string) => dns[name] ?? Promise.reject(notFound),
  };
  const only = (more: Partial<IpFilterOptions> = {}): IpFilterOptions => ({
    allow: { domain: '*.bot.example' },
    names: { resolver },
    clock: createManualClock(),
    ...more,
  });

  it('lets in an address whose name leads back to it, and nobody who only claims the name', async () => {
    const decider = new IpDecider(only());
    const results: string[] = [];
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', '192.0.2.9', '2001:db8::1'])
      results.push((await decider.decide(address)).rule);
    expect(results).toEqual([
      ...['allow *.bot.example', 'unlisted', 'unlisted', 'unlisted', 'unlisted', 'allow *.bot.example'],
    ]);
  });

  it('looks an address up once at a time, and remembers names and their absence for their times', async () => {
    const clock = createManualClock();
    const decider = new IpDecider(only({ clock }));
    asked.length = 0;
    await Promise.all([decider.decide('192.0.2.1'), decider.decide('192.0.2.1'), decider.decide('192.0.2.9')]);
    expect(asked).toEqual(['192.0.2.1', '192.0.2.9']);
    expect(decider.decide('192.0.2.1')).toMatchObject({ isAllowed: true });
    clock.advance(300_000);
    await decider.decide('192.0.2.9');
    expect(decider.decide('192.0.2.1')).toMatchObject({ isAllowed: true });
    expect(asked).toEqual(['192.0.2.1', '192.0.2.9', '192.0.2.9']);
    clock.advance(3_300_000);
    expect(decider.decide('192.0.2.1')).toBeInstanceOf(Promise);
  });

  it('takes a client whose name is not found in time for one without a name', async () => {
    const clock = createManualClock();
    const silent = { reverse: () => new Promise<never>(() => undefined), addresses: async () => [] };
    const pending = new IpDecider(only({ clock, names: { resolver: silent } })).decide('192.0.2.1');
    clock.advance(2000);
    expect(await pending).toMatchObject({ isAllowed: false, rule: 'unlisted' });
  });

  it('asks again soon when the DNS did not answer', async () => {
    const clock = createManualClock();
    let isUp = false;
    const shaky = {
      ...resolver,
      reverse: async (address: string) => (isUp ? dns[address]! : Promise.reject(new Error('ESERVFAIL'))),
    };
    const decider = new IpDecider(only({ clock, names: { resolver: shaky } }));
    expect((await decider.decide('192.0.2.1')).isAllowed).toBe(false);
    isUp = true;
    clock.advance(29_000);
    expect((await decider.decide('192.0.2.1')).isAllowed).toBe(false);
    clock.advance(1000);
    expect((await decider.decide('192.0.2.1')).isAllowed).toBe(true);
  });

  it('looks up no more at a time than it may', () => {
    const silent = { reverse: () => new Promise<never>(() => undefined), addresses: async () => [] };
    const decider = new IpDecider(only({ names: { resolver: silent, maxPending: 1 } }));
    expect(decider.decide('192.0.2.1')).toBeInstanceOf(Promise);
    expect(decider.decide('192.0.2.2')).toMatchObject({ rule: 'unlisted' });
  });

  it('remembers no more addresses than it may', async () => {
    const decider = new IpDecider(only({ names: { resolver, maxEntries: 1 } }));
    await decider.decide('192.0.2.1');
    await decider.decide('192.0.2.9');
    expect(decider.look('192.0.2.1')).toBeNull();
    expect(decider.look('192.0.2.9')).toMatchObject({ rule: 'unlisted' });
  });

  it('answers at once while a name is looked up, if asked', async () => {
    for (const meanwhile of ['allow', 'deny'] as const) {
      const decider = new IpDecider(only({ names: { resolver, meanwhile } }));
      const isAllowed = meanwhile === 'allow';
      expect(decider.decide('192.0.2.1')).toEqual({ isAllowed, rule: 'its name is not known yet', isByName: true });
      await new Promise((resolve) => setImmediate(resolve));
      expect(decider.decide('192.0.2.1')).toMatchObject({ isAllowed: true, rule: 'allow *.bot.example' });
    }
  });

  it('asks for no name where an address decides before', () => {
    asked.length = 0;
    const rules = [{ allow: '192.0.2.1' }, { deny: { domain: '*.bot.example' } }, { deny: '192.0.2.0/24' }];
    expect(new IpDecider({ rules, names: { resolver } }).decide('192.0.2.1')).toMatchObject({ isAllowed: true });
    expect(asked).toEqual([]);
  });

  it('goes on with the rules behind a name that does not match', async () => {
    const rules = [
      { allow: { domain: 'other.example' } },
      { deny: '192.0.2.0/24' },
      { deny: { domain: '*.bot.example' } },
    ];
    const decider = new IpDecider({ rules, names: { resolver }, clock: createManualClock() });
    expect((await decider.decide('192.0.2.3')).rule).toBe('allow other.example');
    expect((await decider.decide('192.0.2.1')).rule).toBe('deny 192.0.2.0/24');
    expect(await decider.decide('2001:db8::1')).toEqual({
      isAllowed: false,
      rule: 'deny *.bot.example',
      isByName: true,
    });
  });

  it.each(['', 'a b', '*', '*.', 'a..b', '*.*.com', '-a.com', 'a.com/'])('refuses the domain %j', (domain) => {
    expect(() => new IpDecider({ allow: { domain } })).toThrow('expected a domain such as example.com');
  });
});
