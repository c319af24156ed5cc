import { isToken } from './is-token.ts';
import { splitList } from './split-list.ts';

/**
 * Returns the protocols of an Upgrade value that the caller may be offered, or null. `h2c` is left out, because RFC
 * 9113 §3.1 made that upgrade obsolete. Anything that is not `name[/version]` is ignored.
 */
export function upgradeProtocols(value: string): string | null {
  const protocols = splitList(value).filter((name) => isProtocol(name) && name.toLowerCase() !== 'h2c');
  return protocols.length === 0 ? null : protocols.join(', ');
}

function isProtocol(text: string): boolean {
  const parts = text.split('/');
  return parts.length <= 2 && parts.every(isToken);
}
