import { describe, expect, it } from 'vitest';
import { definition, testServices } from './config-fixtures.ts';
import { loadConfig } from './load-config.ts';

async function warningsOf(text: string): Promise<readonly string[]> {
  const loaded = await loadConfig({ file: 'w.yaml', text }, definition, testServices());
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return loaded.warnings.map(({ line, path, message }) => `${line} ${path}: ${message}`);
}

const warnings = (routes: string[], site = 'hosts: [a.org, "*.b.org"]'): Promise<readonly string[]> =>
  warningsOf(
    `sites:\n  a:\n    ${site}\n    routes:\n${routes.map((each) => `      - { ${each}, text: { text: x } }\n`).join('')}`,
  );

const taken = '6 sites.a.routes[1].path: no request can reach this route: `routes[0]` takes all of its requests';

describe('a route that no request can reach', () => {
  it.each([
    [['path: /', 'path: /, methods: GET']],
    [['path: /, methods: [GET, POST]', 'path: /, methods: POST, headers: { a: b }']],
    [['path: /, methods: GET', 'path: /, methods: HEAD']],
    [['path: /, hosts: "*.b.org"', 'path: /, hosts: x.b.org']],
    [['path: /, headers: { A: b }', 'path: /, headers: { a: b, c: true }']],
  ])('is a warning: %j', async (routes) => {
    expect(await warnings(routes)).toEqual([taken]);
  });

  it('is a warning when the site does not have its hosts', async () => {
    expect(await warnings(['path: /', 'path: /b, hosts: c.org'])).toEqual([
      '6 sites.a.routes[1].path: no request can reach this route: its hosts are none of those of the site (a.org, *.b.org)',
    ]);
    expect(await warnings(['path: /b, hosts: c.org'], 'guard: false')).toEqual([]);
  });

  it.each([
    [['path: /, methods: GET', 'path: /']],
    [['path: /', 'path: /a, methods: GET']],
    [['path: /a', 'path: /a, exact: true']],
    [['path: /, methods: GET', 'path: /, methods: [GET, POST]']],
    [['path: /, headers: { a: b }', 'path: /, headers: { a: c }']],
    [['path: /, query: { a: true }', 'path: /, headers: { a: true }']],
    [['path: /, hosts: x.b.org', 'path: /, hosts: "*.b.org"']],
  ])('is not one of %j', async (routes) => {
    expect(await warnings(routes)).toEqual([]);
  });
});
