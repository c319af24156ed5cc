import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { drawErrorPage, loadErrorTables } from './lib/error-tables.ts';

const page = fileURLToPath(new URL('../docs/reference/errors.md', import.meta.url));
const tables = await loadErrorTables();

it('has every code of every package in docs/reference/errors.md (WRITE=1 draws it anew)', () => {
  const drawn = drawErrorPage(tables);
  if (process.env['WRITE'] === '1') writeFileSync(page, drawn);
  expect(readFileSync(page, 'utf8')).toBe(drawn);
});

it('has no code twice', () => {
  expect(tables.size).toBeGreaterThan(15);
  const codes = [...tables.values()].flatMap((table) => Object.keys(table));
  expect(new Set(codes).size).toBe(codes.length);
});
