// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written like that
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runHandler } from '@windhover/testing';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { definition, testServices } from './config-fixtures.ts';
import { formatProblems } from './format-problems.ts';
import { type LoadedConfig, loadConfig } from './load-config.ts';
import { createSiteHandler } from './site-handler.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'windhover-config-'));
  const made = folder;
  onTestFinished(() => rm(made, { recursive: true }));
});

type Loaded = LoadedConfig<(typeof definition)['sections']>;

/** Writes the files and loads the first of them. */
async function load(files: Record<string, string>, env: Record<string, string> = {}): Promise<Loaded> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return loadConfig(join(folder, Object.keys(files)[0]!), definition, testServices(), { env });
}

/** The configuration, which must be valid. */
async function configOf(files: Record<string, string>, env?: Record<string, string>) {
  const loaded = await load(files, env);
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  return loaded.config;
}

async function problemsOf(files: Record<string, string>, env?: Record<string, string>): Promise<string[]> {
  const loaded = await load(files, env);
  if (loaded.ok) return [];
  return loaded.problems.map(({ file, line, column, path, message }) =>
    `${file}:${line}:${column} ${path}: ${message}`.replaceAll(`${folder}/`, ''),
  );
}

const site = (text: string): string => `{ routes: [{ path: /, text: { text: ${text} } }] }`;

async function answer(files: Record<string, string>, env: Record<string, string>): Promise<string> {
  return (await runHandler(createSiteHandler(await configOf(files, env)), '/')).text();
}

describe('references to the environment', () => {
  it('stand in place of texts', async () => {
    const files = { 'w.yaml': `sites: { a: ${site('"Hello ${NAME:-you}, ${GREETING}"')} }` };
    expect(await answer(files, { GREETING: 'good day' })).toBe('Hello you, good day');
  });

  it('stand in place of numbers, quoted or not', async () => {
    const text = 'listen: { port: "${PORT}" }\nlimits:\n  maxBytes: ${SIZE:-500}\n';
    const config = await configOf({ 'w.yaml': `${text}sites: { a: ${site('a')} }` }, { PORT: '81' });
    expect(config.listeners[0]?.address).toEqual({ port: 81 });
    expect(config.sections.limits).toEqual({ maxBytes: 500 });
  });

  it('stand in place of numbers in JSON', async () => {
    const value = { listen: { port: '${PORT}' }, sites: { a: { routes: [{ path: '/', text: { text: 'a' } }] } } };
    const config = await configOf({ 'w.json': JSON.stringify(value) }, { PORT: '82' });
    expect(config.listeners[0]?.address).toEqual({ port: 82 });
  });

  it.each(['0123', 'true', '7', 'null'])('leave %s a text where the key takes texts', async (value) => {
    expect(await answer({ 'w.yaml': `sites: { a: ${site('"${VALUE}"')} }` }, { VALUE: value })).toBe(value);
  });

  it('cannot add keys', async () => {
    const text = 'sites:\n  a:\n    routes:\n      - path: /\n        text:\n          text: ${VALUE}\n';
    const value = 'x\nlisten: 1 # {';
    expect(await answer({ 'w.yaml': text }, { VALUE: value })).toBe(value);
  });

  it('do not show what is probably a secret', async () => {
    const text = `listen: "\${API_KEY}"\nsites: { a: ${site('a')} }`;
    const [problem] = await problemsOf({ 'w.yaml': text }, { API_KEY: 'hidden' });
    expect(problem).toMatch(/found something else \(the value of `API_KEY`\)$/);
    expect(problem).not.toContain('hidden');
  });

  it.each([
    ['listen: { port: ${PORT} }\nlimits: {}', '1:17', '${PORT}'],
    ['listen: [${A:-80}, 81]', '1:10', '${A:-80}'],
  ])('need quotes between brackets: %s', async (text, place, reference) => {
    expect(await problemsOf({ 'w.yaml': text })).toEqual([
      `w.yaml:${place} : expected quotes around a reference between brackets, \`"${reference}"\`, found none`,
    ]);
  });

  it('are told with their place when the variable is missing or the value is wrong', async () => {
    const text = `limits:\n  maxBytes: \${SIZE}\nlisten: \${LISTEN}\nsites: { a: ${site('"${a b}"')} }`;
    expect(await problemsOf({ 'w.yaml': text }, { SIZE: '10GB' })).toEqual([
      'w.yaml:2:13 limits.maxBytes: expected a whole number from 1 to 9000, found "10GB" (the value of `SIZE`)',
      'w.yaml:3:9 listen: expected the environment variable `LISTEN`, or a default as in `${LISTEN:-…}`, found neither',
      'w.yaml:4:49 sites.a.routes[0].text.text: expected `${NAME}`, `${NAME:-default}`, or `$${` for a plain `${`, found `${a b}`',
    ]);
  });
});

describe('include', () => {
  it('adds the maps of other files, each with names relative to itself', async () => {
    const config = await configOf({
      'w.yaml': 'include: ./sites/*.yaml\naccessLog: off\ndefaultSite: a',
      'sites/a.yaml': 'sites: { a: { routes: [{ path: /, static: { root: public } }] } }',
      'sites/b.yaml': `limits: { maxBytes: 5 }\nsites: { b: { hosts: b, routes: [{ path: /, greet: { with: hi } }] } }\ninclude: ../more/g.yaml`,
      'more/g.yaml': 'greetings: { hi: { words: hello } }',
      'sites/off.txt': 'no yaml: [',
    });
    expect(config.sites.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(config.sections).toEqual({ accessLog: 'off', limits: { maxBytes: 5 } });
    const answered = await runHandler(createSiteHandler(config), '/');
    expect(answered.text()).toBe(`${join(folder, 'sites')} a / public`);
  });

  it('tells every file that was read, of a wrong configuration too', async () => {
    const files = {
      'w.yaml': 'include: [a.yaml, b.yaml]',
      'a.yaml': 'include: c.yaml',
      'b.yaml': 'nonsense: 1',
      'c.yaml': `sites: { a: ${site('x')} }`,
    };
    const names = ['w.yaml', 'a.yaml', 'c.yaml', 'b.yaml'].map((name) => join(folder, name));
    expect(await load(files)).toMatchObject({ ok: false, isCode: false, files: names, folders: [] });
    expect(await load({ ...files, 'b.yaml': '# nothing yet' })).toMatchObject({ ok: true, files: names });
  });

  it('tells problems at their file, line and column', async () => {
    const files = {
      'w.yaml': `include: a.yaml\nlisten: nope\nsites:\n  w: ${site('w')}\n`,
      'a.yaml': 'sites:\n  a:\n    hosts: [A, "b:1"]\n    routes: [{ path: x, text: { text: a } }]\n',
    };
    expect(await problemsOf(files)).toEqual([
      expect.stringContaining('w.yaml:2:9 listen: expected an address'),
      expect.stringContaining('w.yaml:4:3 sites.w: expected the key `hosts`, found none'),
      expect.stringContaining('a.yaml:3:16 sites.a.hosts[1]: expected a host without port'),
      expect.stringContaining('a.yaml:4:22 sites.a.routes[0].path: expected a path that begins with `/`'),
    ]);
    const loaded = await load(files);
    expect(loaded.ok ? '' : formatProblems(loaded.problems)).toMatch(/\n4 problems in 2 files\n$/);
  });

  it('refuses a name in two files, and tells both places', async () => {
    const files = {
      'w.yaml': `include: a.yaml\naccessLog: off\nsites:\n  a: ${site('a')}\n`,
      'a.yaml': `accessLog: console\nsites: { a: ${site('b')} }\n`,
    };
    expect(await problemsOf(files)).toEqual([
      'a.yaml:1:1 accessLog: expected `accessLog` in one file only, found it again: it stands in w.yaml:2:1 too',
      'a.yaml:2:10 sites.a: expected `a` in one file only, found it again: it stands in w.yaml:4:3 too',
    ]);
  });

  it('refuses files that include each other', async () => {
    const files = {
      'w.yaml': `include: a.yaml\nsites: { a: ${site('a')} }`,
      'a.yaml': 'include: [b.yaml]',
      'b.yaml': 'include: w.yaml',
    };
    expect(await problemsOf(files)).toEqual([
      'b.yaml:1:10 include: expected files that do not include each other, found w.yaml → a.yaml → b.yaml → w.yaml',
    ]);
  });

  it.each([
    ['none.yaml', 'w.yaml:1:10 include: expected a file to include (looked for none.yaml), found no such file'],
    ['sites', 'w.yaml:1:10 include: expected a file to include (looked for sites), found a folder'],
    ['5', 'w.yaml:1:10 include: expected a file or a list of files, found 5'],
    ['[a.yaml, 5]', 'w.yaml:1:19 include[1]: expected the name of a file, found 5'],
    ['list.yaml', 'list.yaml:1:1 : expected a map, found a list'],
    ['wrong.yaml', 'wrong.yaml:2:1 : expected more indentation, or the closing bracket'],
  ])('says what is wrong with %s', async (include, problem) => {
    const files = { 'w.yaml': `include: ${include}\nsites: { a: ${site('a')} }`, 'a.yaml': 'accessLog: off' };
    const others = { 'list.yaml': '[1]', 'wrong.yaml': 'sites: [\n', 'sites/a.yaml': '' };
    expect((await problemsOf({ ...files, ...others })).map((each) => each.slice(0, problem.length))).toEqual([problem]);
  });

  it('tells the folders in which a new file may fit a pattern', async () => {
    const include = 'include: ["./sites/*.yaml", "./more/{a,b}/*.yaml", "*.yml"]';
    const loaded = await load({ 'w.yaml': `${include}\nsites: { a: ${site('a')} }` });
    expect(loaded.folders).toEqual([join(folder, 'sites'), join(folder, 'more'), folder]);
  });

  it('warns of a pattern that fits no file', async () => {
    const loaded = await load({ 'w.yaml': `include: ./sits/*.yaml\nsites: { a: ${site('a')} }` });
    expect(loaded.ok && loaded.warnings).toMatchObject([{ line: 1, column: 10, path: 'include' }]);
    expect(loaded.ok && loaded.warnings[0]!.message).toContain('no file fits `./sits/*.yaml`');
  });
});

describe('a module', () => {
  const value = "{ sites: { a: { routes: [{ path: '/', text: { text: 'from code' } }] } }, accessLog: undefined }";

  it.each([
    ['an object', `export default ${value};`],
    ['a function of the environment', `export default (env) => env.A === '1' && ${value};`],
    ['an asynchronous function', `export default async () => (${value});`],
  ])('is a configuration as %s', async (_what, text) => {
    const files = { 'w.config.mjs': text };
    expect(await answer(files, { A: '1' })).toBe('from code');
    expect(await load(files, { A: '1' })).toMatchObject({ ok: true, isCode: true });
  });

  it('may include files', async () => {
    const config = await configOf({
      'w.config.mjs': "export default { include: './*.yaml', accessLog: 'off' };",
      'a.yaml': `sites: { a: ${site('a')} }`,
    });
    expect(config.sites.map(({ name }) => name)).toEqual(['a']);
  });

  it.each([
    [`export default ${value.replace('text:', 'txt:')};`, 'sites.a.routes[0].txt: expected a key that exists here'],
    [
      'export default 5;',
      ': expected `export default` with a configuration, or with a function that returns one, found 5',
    ],
    ['export const a = 1;', ': expected `export default` with a configuration'],
    ["throw new TypeError('oh');", ': expected a module that can be loaded (TypeError: oh)'],
    [
      "export default () => { throw new RangeError('no'); };",
      ': expected a module that can be loaded (RangeError: no)',
    ],
    ['export default {', ': expected a module that can be loaded ('],
    ['const a = {}; a.a = [a]; export default a;', ': expected a configuration without circles'],
  ])('is told with the path of the key, without a line: %s', async (text, problem) => {
    const [first] = await problemsOf({ 'w.config.mjs': text });
    expect(first).toContain(`w.config.mjs:0:1 ${problem}`);
  });

  it('shows no line in the message', async () => {
    const loaded = await load({ 'w.config.mjs': 'export default { listen: "x", sites: {} };' });
    const text = loaded.ok ? '' : formatProblems(loaded.problems).replaceAll(folder, '');
    expect(text).toMatch(/^\/w\.config\.mjs {2}listen\n {2}Expected an address/);
  });
});
