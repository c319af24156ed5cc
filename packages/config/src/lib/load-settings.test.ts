import { expect, it } from 'vitest';
import { z } from 'zod';
import { loadSettings } from './load-settings.ts';

const schema = z.strictObject({
  port: z.int().min(0).max(65_535).exactOptional(),
  logFormat: z.enum(['pretty', 'json']).exactOptional(),
});

it('gives what the file says', async () => {
  const loaded = await loadSettings({ file: 'app.yaml', text: 'port: 8080\nlogFormat: json\n' }, schema);
  expect(loaded).toEqual({ ok: true, settings: { port: 8080, logFormat: 'json' } });
});

it('tells all problems at once, each with its line and what was probably meant', async () => {
  const loaded = await loadSettings({ file: 'app.yaml', text: 'prot: 8080\nlogFormat: jsn\n' }, schema);
  expect(loaded.ok ? [] : loaded.problems).toMatchObject([
    { file: 'app.yaml', line: 1, suggestion: 'port' },
    { file: 'app.yaml', line: 2, suggestion: 'json' },
  ]);
});

it('tells what is wrong with the file', async () => {
  const missing = await loadSettings('/nowhere/app.yaml', schema);
  expect(missing.ok ? [] : missing.problems).toMatchObject([
    { file: '/nowhere/app.yaml', message: 'expected a configuration file, found no such file' },
  ]);
  const broken = await loadSettings({ file: 'app.json', text: '{' }, schema);
  expect(broken.ok ? 0 : broken.problems.length).toBeGreaterThan(0);
});
