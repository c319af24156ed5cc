import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { definition, events, testServices } from './config-fixtures.ts';
import { type Distribution, defineDistribution } from './define-distribution.ts';
import { formatProblems } from './format-problems.ts';
import { loadConfig } from './load-config.ts';

beforeEach(() => {
  events.length = 0;
});

async function problemsOf(text: string, used: Distribution = definition): Promise<string[]> {
  const loaded = await loadConfig({ file: 'w.yaml', text }, used, testServices());
  if (loaded.ok) return [];
  return loaded.problems.map(({ line, column, path, message, suggestion }) => {
    const place = path === '' ? `${line}:${column}` : `${line}:${column} ${path}`;
    return `${place}: ${message}${suggestion === null ? '' : ` → ${suggestion}`}`;
  });
}

/** Problems of a configuration with one site of these lines. */
function problemsOfSite(...lines: string[]): Promise<string[]> {
  return problemsOf(`sites:\n  demo:\n${lines.map((line) => `    ${line}\n`).join('')}`);
}

const route = 'routes: [{ path: /, text: { text: hi } }]';

describe('loadConfig()', () => {
  it('gives the sections with their defaults, and the sites', async () => {
    const loaded = await loadConfig(
      { file: 'w.yaml', text: `sites: { demo: { ${route} } }` },
      definition,
      testServices(),
    );
    if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
    expect(loaded.config.sections).toEqual({ accessLog: 'console', limits: {} });
    expect(loaded.config.listeners).toEqual([{ address: { port: 8080 }, features: [] }]);
    expect(loaded.config.sites.map(({ name, hosts }) => [name, hosts])).toEqual([['demo', []]]);
    expect(loaded.config.defaultSite).toBe('demo');
  });

  it('tells all problems at once, in the order of the file', async () => {
    const problems = await problemsOf(`listn: [8080]
listen: nope
limits: { maxBytes: 0 }
limits: { keep_alive_timeout_ms: 5 }
defaultSite: dmeo
sites:
  demo:
    hosts: [localhost]
    routes:
      - path: api
        text: { text: 5 }
      - path: /a
        statc: { root: x }
      - path: /b
        static: { root: ./missing }
`);
    expect(problems).toEqual([
      '1:1 listn: expected a key that exists here, found `listn` → listen',
      '2:9 listen: expected an address such as `8080`, `127.0.0.1:8080`, `"[::1]:8080"`, `"*:80"` or `unix:/path/to.socket`, found "nope"',
      '4:1: expected every key once, found `limits` a second time',
      '4:11 limits.keep_alive_timeout_ms: expected `maxBytes` or `keepAliveTimeoutMs`, found `keep_alive_timeout_ms` → keepAliveTimeoutMs',
      '5:14 defaultSite: expected the name of a site (`demo`), found "dmeo" → demo',
      '10:15 sites.demo.routes[0].path: expected a path that begins with `/`, found "api" → /api',
      '11:23 sites.demo.routes[0].text.text: expected a text, found 5',
      '13:9 sites.demo.routes[1].statc: expected a key that exists here, found `statc` → static',
      '15:25 sites.demo.routes[2].static.root: expected a folder that exists, found "./missing"',
    ]);
  });

  it.each([
    ['sites:', '1:1 sites: expected a map, found nothing'],
    ['sites: {}', '1:1 sites: expected at least one site, found none'],
    ['sites: 5', '1:8 sites: expected a map, found 5'],
    ['[1]', '1:1: expected a map, found a list'],
    ['text', '1:1: expected a map, found "text"'],
    [
      'sites: { a: 5, hosts: [x] }',
      '1:13 sites.a: expected a map, found 5',
      '1:23 sites.hosts: expected a map, found a list',
    ],
    ['site: {}', '1:1 site: expected a key that exists here, found `site` → sites'],
    ['accessLog: off', '1:1 sites: expected the key `sites` with a map, found none'],
  ])('says what is wrong with %j', async (text, ...problems) => {
    expect(await problemsOf(text)).toEqual(problems);
  });

  it.each([
    ['limits: {}', '1:1 sites: expected the key `sites` or `accessLog`, found neither'],
    ['site: {}', '1:1 site: expected a key that exists here, found `site` → sites'],
    ['accessLog: console\nlisten: 1', '2:1 listen: expected the key `sites` beside `listen`, found none'],
    ['accessLog: console'],
  ])('says what is wrong with %j where something else can serve', async (text, ...problems) => {
    const other = defineDistribution({ ...definition.parts, withoutSites: ['accessLog'] });
    expect(await problemsOf(text, other)).toEqual(problems);
  });

  it('has no listeners without sites', async () => {
    const other = defineDistribution({ ...definition.parts, withoutSites: ['accessLog'] });
    const loaded = await loadConfig({ file: 'w.yaml', text: 'accessLog: console' }, other, testServices());
    expect(loaded).toMatchObject({ ok: true, config: { listeners: [], sites: [], defaultSite: null } });
  });

  it.each([
    [['routes: []'], '3:13 sites.demo.routes: expected a list with 1 or more entries, found an empty list'],
    [['hosts: []', route], '3:12 sites.demo.hosts: expected a list with 1 or more entries, found an empty list'],
    [['hosts: [a, 5]', route], '3:16 sites.demo.hosts[1]: expected a text, found 5'],
    [['hosts: [a, A]', route], '3:16 sites.demo.hosts[1]: expected every host once, found "A", named before'],
    [
      ['hosts: "a.org:80"', route],
      '3:12 sites.demo.hosts: expected a host without port (`example.com`, `"*.example.com"`, `127.0.0.1`), found "a.org:80" → a.org',
    ],
    [
      ['hosts: "*"', route],
      '3:12 sites.demo.hosts: expected a host, found "*": name this site under `defaultSite` to answer every host that no site names',
    ],
    [
      ['hosts: a*.org', route],
      '3:12 sites.demo.hosts: expected a host without port (`example.com`, `"*.example.com"`, `127.0.0.1`), found "a*.org"',
    ],
    [['routes: [x]'], '3:14 sites.demo.routes[0]: expected a map, found "x"'],
    [
      ['routes: [{ text: { text: a } }]'],
      '3:14 sites.demo.routes[0].path: expected the key `path` with a text, found none',
    ],
    [
      ['routes: [{ path: /a }]'],
      '3:14 sites.demo.routes[0]: expected one of `text`, `static` or `greet` in the route, found none',
    ],
    [
      ['routes: [{ path: /, methods: [get], text: { text: a } }]'],
      '3:35 sites.demo.routes[0].methods[0]: expected a method in capitals, found "get" → GET',
    ],
    [
      ['routes: [{ path: /, hosts: "a:80", text: { text: a } }]'],
      '3:32 sites.demo.routes[0].hosts: expected a host without port, found "a:80"',
    ],
    [
      ['routes: [{ path: /, headers: { "a b": x }, text: { text: a } }]'],
      '3:36 sites.demo.routes[0].headers["a b"]: expected the name of a header, found "a b"',
    ],
    [
      ['rewrite: false', route],
      '3:14 sites.demo.rewrite: expected options, found `false`: the `rewrite` of the top level has run before the site is chosen',
    ],
    [['limit: [{ label: a }, { label: 5 }]', route], '3:36 sites.demo.limit[1].label: expected a text, found 5'],
    [['edge: [{ label: a }]', route], '3:11 sites.demo.edge: expected a map, found a list'],
    [
      ['routes: [{ path: /, greet: { with: helo } }]'],
      '3:40 sites.demo.routes[0].greet.with: expected a greeting that is defined under `greetings`, which stands nowhere, found "helo"',
    ],
    [
      ['routes: [{ path: /, greet: { with: { words: 5 } } }]'],
      '3:49 sites.demo.routes[0].greet.with.words: expected a text, found 5',
    ],
    [
      ['routes: [{ path: /, text: { text: a }, only: { path: /, do: { limt: true, guard: { label: 5 } } } }]'],
      '3:67 sites.demo.routes[0].only.do.limt: expected the name of a feature, found `limt`',
      '3:95 sites.demo.routes[0].only.do.guard.label: expected a text, found 5',
    ],
    [
      ['routes:', '- path: /', '  static:'],
      '5:7 sites.demo.routes[0].static.root: expected the key `root` with a text, found none',
    ],
    [
      ['routes: [{ path: /a/, text: { text: a } }]'],
      '3:22 sites.demo.routes[0].path: expected a path without `/` at its end, found "/a/" → /a',
    ],
    [
      ['routes: [{ path: /a/../b, text: { text: a } }]'],
      '3:22 sites.demo.routes[0].path: expected a path in its normal form, found "/a/../b" → /b',
    ],
    [
      ['routes: [{ path: "/a?b", text: { text: a } }]'],
      '3:22 sites.demo.routes[0].path: expected a path as it stands in a URL, without query and fragment, found "/a?b"',
    ],
    [
      ['routes: [{ path: /, text: { text: a } }, { path: /, text: { text: b } }]'],
      '3:54 sites.demo.routes[1].path: expected every path once in a site, unless their conditions differ, found "/" again',
    ],
    [
      ['routes: [{ path: /, static: { rot: a } }]'],
      '3:35 sites.demo.routes[0].static.rot: expected `root` or `mode`, found `rot` → root',
    ],
    [
      ['routes: [{ path: /, static: { root: a, mode: plian } }]'],
      '3:50 sites.demo.routes[0].static.mode: expected `plain` or `packed`, found "plian" → plain',
    ],
    [
      ['text: { text: a }', route],
      '3:5 sites.demo.text: expected `text` at a route, found it at a site → routes: [{ path: /, text: … }]',
    ],
  ])('says what is wrong with a site of %j', async (lines, ...problems) => {
    expect(await problemsOfSite(...lines)).toEqual(problems);
  });

  it('refuses a host in two sites and a site that nobody would reach', async () => {
    const text = `sites:\n  a: { hosts: [x], ${route} }\n  b: { hosts: ["X."], ${route} }\n  c: { ${route} }\n`;
    expect(await problemsOf(text)).toEqual([
      '3:16 sites.b.hosts[0]: expected every host once, found "X.", which the site `a` has too',
      '4:3 sites.c: expected the key `hosts`, found none: only the `defaultSite`, or a site that is alone, can do without',
    ]);
    expect(await problemsOf(`defaultSite: c\n${text.replace('"X."', 'y')}`)).toEqual([]);
  });

  it('refuses names that could not be told from something else', async () => {
    expect(await problemsOf(`defaultSite: a\nsites:\n  a: { ${route} }\n  __proto__: { ${route} }\n`)).toEqual([
      '4:3 sites.__proto__: expected a name of letters, digits, `.`, `_` and `-`, found "__proto__"',
    ]);
  });

  it('reads a file, tells features its folder, and lets go of what was made when something else is wrong', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'windhover-config-'));
    const file = join(folder, 'w.json');
    await writeFile(
      file,
      JSON.stringify({ sites: { demo: { routes: [{ path: '/', text: { text: 'one' } }] } }, x: 1 }),
    );
    const loaded = await loadConfig(file, definition, testServices());
    await rm(folder, { recursive: true });
    expect(loaded.ok).toBe(false);
    expect(events).toEqual(['dispose one']);
  });

  it('says that a file is missing, or a folder', async () => {
    const missing = await loadConfig('/nowhere/w.yaml', definition, testServices());
    const folder = await loadConfig(tmpdir(), definition, testServices());
    if (missing.ok || folder.ok) throw new Error('loaded');
    expect(missing.problems[0]?.message).toBe('expected a configuration file, found no such file');
    expect(folder.problems[0]?.message).toBe('expected a configuration file, found a folder');
  });

  it.runIf(process.platform !== 'win32')(
    'says that a file is a pipe, and does not wait for somebody to write',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'windhover-config-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const pipe = join(folder, 'w.yaml');
      execFileSync('mkfifo', [pipe]);
      const loaded = await loadConfig(pipe, definition, testServices());
      expect(loaded).toMatchObject({
        ok: false,
        problems: [{ message: 'expected a configuration file, found a pipe' }],
      });
    },
  );

  it('says what is wrong with a map that holds itself', async () => {
    const text = 'sites: { a: { routes: [{ path: /, text: { text: a }, headers: &h { x: *h } }] } }';
    expect(await problemsOf(text)).not.toEqual([]);
  });

  it.each([
    ['throws what is no error', () => Promise.reject(null), /sites\.a\.routes\[0\]\.odd it threw nothing/],
    ['makes nothing', () => undefined as never, /`odd` made an instance without layers/],
    ['makes no layers', () => ({}) as never, /`odd` made an instance without layers/],
  ])('names a plugin that %s', async (_what, create, message) => {
    const odd = { ...definition.parts.features[0]!, name: 'odd', schema: z.unknown(), create };
    const text = 'sites: { a: { routes: [{ path: /, odd: true }] } }';
    const loaded = loadConfig({ file: 'w', text }, defineDistribution({ features: [odd] }), testServices());
    await expect(loaded).rejects.toThrow(message);
  });

  it('takes schemas of any library, and lets a bug of a feature through', async () => {
    const foreign = defineDistribution({
      features: [
        {
          name: 'foreign',
          levels: ['route'],
          phases: ['origin'],
          combine: 'replace',
          schema: {
            '~standard': {
              version: 1,
              vendor: 'other',
              validate: (value) =>
                (value as { port?: unknown }).port === 1
                  ? { value }
                  : { issues: [{ message: 'Invalid port', path: [{ key: 'port' }] }] },
            },
          },
          create: () => {
            throw new TypeError('a bug');
          },
        },
      ],
      sections: { name: z.string().optional() },
    });
    const load = (port: number) =>
      loadConfig(
        { file: 'w', text: `sites: { a: { routes: [{ path: /, foreign: { port: ${port} } }] } }` },
        foreign,
        testServices(),
      );
    const loaded = await load(7);
    expect(loaded.ok ? '' : loaded.problems[0]?.message).toBe('Invalid port, found 7');
    await expect(load(1)).rejects.toThrow(TypeError);
  });
});

describe('a configuration', () => {
  async function load(...texts: string[]) {
    const routes = texts.map((each, index) => `{ path: /${index}, text: { text: "${each}" } }`);
    const text = `sites: { a: { routes: [${routes.join(', ')}] } }`;
    const loaded = await loadConfig({ file: 'w', text }, definition, testServices());
    if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
    return loaded.config;
  }

  it('is prepared in order and disposed of in reverse', async () => {
    const config = await load('1', '2');
    await config.prepare();
    config.commit();
    await config.dispose();
    expect(events).toEqual(['prepare 1', 'prepare 2', 'commit 1', 'commit 2', 'dispose 2', 'dispose 1']);
  });

  it('is disposed of as a whole when something cannot be prepared', async () => {
    const config = await load('1', 'broken', '3');
    await expect(config.prepare()).rejects.toThrow('It does not start');
    expect(events).toEqual(['prepare 1', 'prepare broken', 'dispose 3', 'dispose broken', 'dispose 1']);
  });
});

it.each([
  ['/api/*', 'a prefix, which covers all below it, without `*` and `:name`', '/api'],
  ['/*', 'a prefix, which covers all below it, without `*` and `:name`', '/'],
  ['/users/:id', 'a prefix, which covers all below it, without `*` and `:name`', '/users'],
  ['api/', 'a path that begins with `/`', '/api'],
  ['api', 'a path that begins with `/`', '/api'],
  ['api/*', 'a path that begins with `/`', '/api'],
])('refuses the path %s and suggests one that will do', async (path, expected, suggestion) => {
  const problems = await problemsOfSite(`routes: [{ path: "${path}", text: { text: hi } }]`);
  expect(problems).toEqual([expect.stringContaining(`expected ${expected}, found "${path}" → ${suggestion}`)]);
});
