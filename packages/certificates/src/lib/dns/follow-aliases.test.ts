import { describe, expect, it } from 'vitest';
import { followDnsAliases } from './follow-aliases.ts';

/** What the provider is asked to change when the DNS has these aliases. */
async function changed(aliases: Record<string, string>, wildcard: string | null = null): Promise<string[]> {
  const records: string[] = [];
  const provider = {
    set: async (record: string) => void records.push(record),
    remove: async (record: string) => void records.push(record),
  };
  const following = followDnsAliases(provider, async (name) => aliases[name] ?? wildcard);
  await following.set('_acme-challenge.a.example', 'v');
  for (const name of Object.keys(aliases)) delete aliases[name];
  await following.remove('_acme-challenge.a.example', 'v');
  return records;
}

describe('followDnsAliases()', () => {
  it('changes the record itself where there is no alias', async () => {
    expect(await changed({})).toEqual(['_acme-challenge.a.example', '_acme-challenge.a.example']);
  });

  it('changes the end of a chain of aliases, and removes what it has set although the DNS changes', async () => {
    const chain = { '_acme-challenge.a.example': 'b.example', 'b.example': 'c.example' };
    expect(await changed(chain)).toEqual(['c.example', 'c.example']);
  });

  it('changes the record itself where the alias is that of a wildcard, or a loop', async () => {
    const own = ['_acme-challenge.a.example', '_acme-challenge.a.example'];
    expect(await changed({}, 'everything.example')).toEqual(own);
    const loop = { '_acme-challenge.a.example': 'b.example', 'b.example': '_acme-challenge.a.example' };
    expect(await changed(loop)).toEqual(own);
  });
});
