import { ownString } from '@windhover/core';

/** Clients are many, but the programs that they use are few. */
const maxKnown = 500;

/** Longer texts are seldom the same twice. */
const maxLength = 300;

/**
 * Remembers what a function returns for the texts that come again and again, such as the name of a browser: looking one up is several times
 * faster than escaping it. Forgets all of them when there are too many, since clients may send any number.
 */
export function perText(format: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = format(text);
    if (text.length > maxLength) return made;
    if (known.size === maxKnown) known.clear();
    known.set(ownString(text), ownString(made));
    return made;
  };
}
