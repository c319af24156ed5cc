import { isSafeName } from './safe-name.ts';

/** Whether a place below the top may be served at all: every name is safe, and none is hidden. */
export function isServedPlace(names: readonly string[], showsDotfiles: boolean): boolean {
  return names.every((name, position) => isSafeName(name) && (showsDotfiles || !isHidden(name, position)));
}

/** `.well-known` at the top exists for others to read (RFC 8615). */
function isHidden(name: string, position: number): boolean {
  return name.startsWith('.') && !(name === '.well-known' && position === 0);
}
