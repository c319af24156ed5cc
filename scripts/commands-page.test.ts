import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { allCommands } from '../apps/front-server/src/lib/commands/all-commands.ts';
import { drawCommandsPage } from './lib/commands-page.ts';

const page = fileURLToPath(new URL('../docs/reference/commands.md', import.meta.url));

it('has every command of windhover in docs/reference/commands.md (WRITE=1 draws it anew)', () => {
  const drawn = drawCommandsPage(allCommands);
  if (process.env['WRITE'] === '1') writeFileSync(page, drawn);
  expect(readFileSync(page, 'utf8')).toBe(drawn);
});
