import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TransportError, transportErrors } from './errors.ts';

describe('TransportError', () => {
  it('has each of its codes in the table of REFERENCE.md, and no other', () => {
    const reference = readFileSync(new URL('../../REFERENCE.md', import.meta.url), 'utf8');
    const rows = [...reference.matchAll(/^\| `(TRANSPORT_\w+)` +\| (.+?) +\|$/gm)].map(([, code, text]) => [
      code,
      text,
    ]);
    expect(Object.fromEntries(rows)).toEqual(transportErrors);
  });

  it('is known by its brand, not by its name', () => {
    expect(TransportError.is(new TransportError('TRANSPORT_LISTEN_FAILED', 'x'))).toBe(true);
    expect(TransportError.is(Object.assign(new Error('x'), { name: 'TransportError' }))).toBe(false);
    expect(TransportError.is(null)).toBe(false);
  });
});
