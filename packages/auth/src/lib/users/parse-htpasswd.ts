import { passwordHashKind } from '../password/password-hash.ts';

/** The entries of an `htpasswd` file, and what is wrong with it. */
export interface Htpasswd {
  /** The hash of each name. */
  readonly entries: ReadonlyMap<string, string>;
  /** One sentence for each line that cannot be used. They show names, never hashes. */
  readonly faults: readonly string[];
}

/** Parses `name:hash` lines. Empty lines and those with `#` at the beginning are skipped. */
export function parseHtpasswd(text: string): Htpasswd {
  const entries = new Map<string, string>();
  const faults: string[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/\r$/, '');
    if (line.trim() === '' || line.startsWith('#')) continue;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0));
    const fault = faultOf(name, line.slice(colon + 1), colon, entries);
    if (fault === null) entries.set(name, line.slice(colon + 1));
    else faults.push(`line ${index + 1}: ${fault}`);
  }
  return { entries, faults };
}

function faultOf(name: string, hash: string, colon: number, entries: ReadonlyMap<string, string>): string | null {
  if (colon < 0) return 'expected name:hash, found no colon';
  if (name === '') return 'expected name:hash, found no name';
  if (entries.has(name)) return `${JSON.stringify(name)} is there twice`;
  if (passwordHashKind(hash) !== null) return null;
  const kind = hash.startsWith('{SHA}') ? 'an unsalted SHA-1' : 'something else';
  return `the hash of ${JSON.stringify(name)} is ${kind}: expected bcrypt, argon2id, SHA-crypt ($5$, $6$) or $apr1$`;
}

/** The text with the entry of a name set, in its place if it has one; `null` takes the entry away. */
export function editHtpasswd(text: string, name: string, hash: string | null): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const isEntry = (line: string): boolean => line.startsWith(`${name}:`);
  const at = lines.findIndex(isEntry);
  const others = lines.filter((line) => !isEntry(line));
  if (hash !== null) others.splice(at < 0 ? others.length : at, 0, `${name}:${hash}`);
  return others.length === 0 ? '' : `${others.join('\n')}\n`;
}
