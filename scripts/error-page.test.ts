import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { drawErrorPage, errorTables } from './lib/error-tables.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const page = `${root}docs/reference/errors.md`;

it('has every code of every package in docs/reference/errors.md (WRITE=1 draws it anew)', () => {
  const drawn = drawErrorPage();
  if (process.env['WRITE'] === '1') writeFileSync(page, drawn);
  expect(readFileSync(page, 'utf8')).toBe(drawn);
});

it('knows the table of every package that has an errors.ts', () => {
  const withTable = readdirSync(`${root}packages`).filter((name) =>
    existsSync(`${root}packages/${name}/src/lib/errors.ts`),
  );
  expect(Object.keys(errorTables).sort()).toEqual(withTable.sort());
});

it('has no code twice', () => {
  const codes = Object.values(errorTables).flatMap((table) => Object.keys(table));
  expect(new Set(codes).size).toBe(codes.length);
});
