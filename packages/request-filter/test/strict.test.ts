import { readFileSync } from 'node:fs';
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

  it('does with the tables what the README says', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    for (const [name, label] of [
      ['ordinary', 'ordinary requests: forms'],
      ['attacks', 'attacks |'],
      ['held-out-ordinary', 'ordinary requests that were written after'],
      ['held-out-attacks', 'attacks that were written after'],
    ] as const) {
      const { rows, hits } = refused(name);
      const [row] = readme.split('\n').filter((line) => line.startsWith(`| ${label}`));
      const [, , requests, count] = row!.split('|').map((cell) => cell.trim());
      expect([name, requests, count?.split(':')[0]]).toEqual([name, `${rows.length}`, `${hits.length || 'none'}`]);
    }
  });
});
