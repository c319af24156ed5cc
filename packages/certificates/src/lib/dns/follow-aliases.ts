import { randomBytes } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import type { DnsProvider } from './dns-provider.ts';

/** Looks for the CNAME record of a name; `null`: there is none, or nobody answers. */
export type AliasLookup = (name: string) => Promise<string | null>;

/** Longer chains are mistakes, or loops. */
const maxSteps = 8;

/**
 * Makes a provider change the record that `_acme-challenge.NAME` is an alias of (CNAME), as authorities follow it: so a zone that no program may change
 * can leave its challenges to another zone. An alias that every name beside it has, by a wildcard, does not count: a record of its own comes before it.
 *
 * @param lookup Default: asks the resolver of this machine
 */
export function followDnsAliases(provider: DnsProvider, lookup: AliasLookup = lookUpAlias): DnsProvider {
  /** Removed is what was set, whatever the DNS says meanwhile. */
  const targets = new Map<string, string>();
  return {
    async set(record, value) {
      const target = await targetOf(record, lookup);
      targets.set(`${record} ${value}`, target);
      await provider.set(target, value);
    },
    async remove(record, value) {
      const key = `${record} ${value}`;
      const target = targets.get(key) ?? (await targetOf(record, lookup));
      targets.delete(key);
      await provider.remove(target, value);
    },
  };
}

async function targetOf(record: string, lookup: AliasLookup): Promise<string> {
  let current = record;
  for (let steps = 0; steps < maxSteps; steps++) {
    const alias = await lookup(current);
    if (alias === null) return current;
    if (steps === 0 && (await lookup(siblingOf(record))) === alias) return record;
    current = alias;
  }
  return record;
}

/** A name that nobody has made a record for. */
function siblingOf(record: string): string {
  return record.replace(/^[^.]*/, `_none-${randomBytes(6).toString('hex')}`);
}

async function lookUpAlias(name: string): Promise<string | null> {
  try {
    const [alias] = await new Resolver({ timeout: 3000, tries: 2 }).resolveCname(name);
    return alias?.toLowerCase().replace(/\.$/, '') ?? null;
  } catch (_error) {
    return null; // it has none; or the DNS fails, and then the authority will tell
  }
}
