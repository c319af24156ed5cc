import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ServerError, serverError, serverErrors } from './errors.ts';
import { defaultServerLimits } from './limits.ts';

const reference = readFileSync(new URL('../../REFERENCE.md', import.meta.url), 'utf8');

describe('ServerError', () => {
  it('has each of its codes in the table of the reference, and no other', () => {
    const rows = [...reference.matchAll(/^\| `(SERVER_\w+)` +\| (.+?) +\|/gm)].map(([, code, text]) => [code, text]);
    expect(Object.fromEntries(rows)).toEqual(serverErrors);
  });

  it('is known by its brand, not by its name', () => {
    expect(ServerError.is(serverError('SERVER_CLOSED'))).toBe(true);
    expect(ServerError.is(Object.assign(new Error('x'), { name: 'ServerError' }))).toBe(false);
    expect(ServerError.is(undefined)).toBe(false);
  });
});

it('the reference has every limit with its default', () => {
  const rows = [...reference.matchAll(/^\| `([a-z]\w+)` +\| ([\d,]+|`null`) +\|/gm)].map(([, name, value]) => [
    name,
    value === '`null`' ? null : Number(value!.replaceAll(',', '')),
  ]);
  expect(Object.fromEntries(rows)).toEqual(defaultServerLimits);
});
