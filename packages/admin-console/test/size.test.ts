import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { builtPage } from './built-page.ts';

const folder = builtPage();

it.each(['.br', '.gz'])('needs less than 100 KB over the wire for the first view, with %s', (extension) => {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(extension));
  const bytes = names.reduce((sum, name) => sum + readFileSync(join(folder, name)).length, 0);
  expect(names.length).toBeGreaterThanOrEqual(3);
  expect(bytes).toBeLessThan(100_000);
});

it('names every asset by its content, and asks nobody else', () => {
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  const named = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url);
  expect(named.length).toBeGreaterThanOrEqual(3);
  for (const url of named) expect(url).toMatch(/^\.\/assets\/[\w-]+-[\w-]{8}\.\w+$/);
  expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=/);
});
