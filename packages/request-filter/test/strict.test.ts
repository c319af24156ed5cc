import { describe, expect, it } from 'vitest';
import { compileFilter } from '../src/lib/compile-filter.ts';
import { decideRequest } from '../src/lib/decide-request.ts';
import { readTable } from './tables.ts';

const filter = compileFilter({ preset: 'strict' });
const refused = (name: string) => {
  const rows = readTable(name);
  const hits = rows.filter(({ request }) => decideRequest(request, filter, 0) !== null);
  return {
    rows,
    hits: hits.map(({ line }) => line),
    missed: rows.filter((row) => !hits.includes(row)).map(({ line }) => line),
  };
};

describe('strict', () => {
  it('refuses none of 300 ordinary requests', () => {
    const { rows, hits } = refused('ordinary');
    expect(rows.length).toBeGreaterThanOrEqual(300);
    expect(hits).toEqual([]);
  });

  it('refuses at least 90 % of 300 attacks', () => {
    const { rows, hits } = refused('attacks');
    expect(rows.length).toBeGreaterThanOrEqual(300);
    expect(hits.length / rows.length).toBeGreaterThanOrEqual(0.9);
  });
});
