import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SupervisorError, supervisorErrors } from './errors.ts';

describe('SupervisorError', () => {
  it('has each of its codes in the table of REFERENCE.md, and no other', () => {
    const reference = readFileSync(new URL('../../REFERENCE.md', import.meta.url), 'utf8');
    const rows = [...reference.matchAll(/^\| `(SUPERVISOR_\w+)` +\| (.+?) +\|/gm)].map(([, code, text]) => [
      code,
      text,
    ]);
    expect(Object.fromEntries(rows)).toEqual(supervisorErrors);
  });

  it('is known by its brand, not by its name', () => {
    expect(SupervisorError.is(new SupervisorError('SUPERVISOR_ABSENT', 'x'))).toBe(true);
    expect(SupervisorError.is(Object.assign(new Error('x'), { name: 'SupervisorError' }))).toBe(false);
    expect(SupervisorError.is(null)).toBe(false);
  });
});
