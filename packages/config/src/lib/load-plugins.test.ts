import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createManualClock, runHandler } from '@windhover/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { definition, testServices } from './config-fixtures.ts';
import { explainRequest } from './explain-request.ts';
import { formatProblems } from './format-problems.ts';
import { loadConfig } from './load-config.ts';
import { createSiteHandler } from './site-handler.ts';

let folder = '';

const feature = (name: string): string => `{
  name: '${name}', levels: ['route'], phases: ['origin'], combine: 'replace',
  schema: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
  create: () => ({ layers: [{ phase: 'origin', run: ({ response }) => void (response.body = '${name}') }] }),
}`;

const files: Readonly<Record<string, string>> = {
  'node_modules/@acme/geoip/package.json': '{ "name": "@acme/geoip", "type": "module", "exports": "./index.js" }',
  'node_modules/@acme/geoip/index.js': `export default ${feature('geoip')};`,
  'node_modules/import-only/package.json':
    '{ "name": "import-only", "type": "module", "exports": { ".": { "import": "./index.js" } } }',
  'node_modules/import-only/index.js': `export default [${feature('one')}, ${feature('two')}];`,
  'node_modules/broken/package.json': '{ "name": "broken", "type": "module", "exports": "./index.js" }',
  'node_modules/broken/index.js': "import 'not-installed';",
  'node_modules/other/package.json': '{ "name": "other", "type": "module", "exports": "./index.js" }',
  'node_modules/other/index.js': 'export default { name: "other" };',
  'mine.mjs': `export default ${feature('mine')};`,
  'endless.mjs': 'globalThis.endlessIsReached = true; await new Promise(() => undefined);',
  'slow.mjs': `export default ${feature('slow').replace('create: () =>', 'create: async () => (globalThis.endlessIsReached = true, await new Promise(() => undefined)) ??')};`,
  'empty.mjs': 'export const other = 1;',
  'both.mjs': `export default ${feature('x').replace("'replace'", "'both'")};`,
  'contradicts.mjs': `export default ${feature('x').replace("['origin']", "['connection']")};`,
  'sheild.mjs': `export default ${feature('x').replace("['origin']", "['sheild']")};`,
  'routes.mjs': `export default ${feature('x').replace("['route']", "['routes']")};`,
  'nothing.mjs': `export default ${feature('x').replace(/create:.*/, 'create: () => undefined,')};`,
  'foreign.mjs': `export default ${feature('x').replace("{ phase: 'origin'", "{ phase: 'quota'")};`,
  'handler.mjs': `export default ${feature('x').replace('run:', 'handler:')};`,
  'throws.mjs': `export default ${feature('x').replace(/create:.*/, "create: () => { throw new TypeError('no'); },")};`,
  'prepare.mjs': `export default ${feature('x').replace('layers: [', "prepare() { throw new TypeError('no'); }, layers: [")};`,
  'explains.mjs': `export default ${feature('x').replace("phase: 'origin',", "phase: 'origin', explain: () => 'words',")};`,
  'explain-throws.mjs': `export default ${feature('x').replace("phase: 'origin',", "phase: 'origin', explain: () => { throw new TypeError('no'); },")};`,
  'taken.mjs': `export default ${feature('static')};`,
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'windhover-plugins-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
});
afterAll(() => rm(folder, { recursive: true }));

function load(plugins: string, key: string) {
  const text = `plugins: ${plugins}\nsites: { a: { routes: [{ path: /, ${key}: true }] } }\n`;
  return loadConfig({ file: join(folder, 'w.yaml'), text }, definition, testServices());
}

describe('plugins', () => {
  it.each([
    ['["@acme/geoip"]', 'geoip'],
    ['[import-only]', 'one'],
    ['[import-only]', 'two'],
    ['[./mine.mjs]', 'mine'],
  ])('bring their features: %s', async (plugins, key) => {
    const loaded = await load(plugins, key);
    if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
    expect((await runHandler(createSiteHandler(loaded.config), '/')).text()).toBe(key);
  });

  it.each([
    [
      '[geoip]',
      'plugins[0]: expected a package that is installed in FOLDER or above: npm install geoip, found "geoip"',
    ],
    ['[./none.mjs]', 'plugins[0]: expected a file (looked in FOLDER), found "./none.mjs"'],
    ['[broken]', /^plugins\[0\]: expected a plugin that can be loaded \(Cannot find package 'not-installed'/],
    [
      '[other]',
      'plugins[0]: expected the feature `other` with `schema`, a Standard Schema, such as one of zod; `levels`, a list of `listener`, `top`, `site` or `route`; `phases`, a list of phases; `combine`, `add` or `replace`; `create`, a function, found nothing, nothing, nothing, nothing, nothing in "other"',
    ],
    [
      '[./empty.mjs]',
      'plugins[0]: expected a package whose default export is a feature, or a list of features and resources in "./empty.mjs"',
    ],
    [
      '[./both.mjs]',
      'plugins[0]: expected the feature `x` with `combine`, `add` or `replace`, found "both" in "./both.mjs"',
    ],
    [
      '[./contradicts.mjs]',
      'plugins[0]: The definition of the feature is not valid: `x` cannot have a layer in `connection` on the level `route` in "./contradicts.mjs"',
    ],
    ['[./taken.mjs]', 'plugins: Two features or resources use the same key of the configuration: the feature `static`'],
    ['[5]', 'plugins[0]: expected a text, found 5'],
  ])('that cannot be used are told: %s', async (plugins, expected) => {
    const loaded = await load(plugins, 'text: { text: a }, edge');
    if (loaded.ok) throw new Error('loaded');
    const problems = loaded.problems.map(({ path, message }) => `${path}: ${message}`);
    const wanted = typeof expected === 'string' ? expected.replace('FOLDER', folder) : expect.stringMatching(expected);
    expect(problems).toEqual([wanted]);
  });

  it.each([
    [
      '[./endless.mjs]',
      'edge',
      'plugins[0]: expected a plugin that can be loaded (it was not done after 30s), found "./endless.mjs"',
    ],
    [
      '[./slow.mjs]',
      'slow',
      'sites.a.routes[0].slow: expected the feature `slow` to be made in time, found that it was not done after 30s',
    ],
  ])('that never settle are named: %s', async (plugins, key, expected) => {
    const text = `plugins: ${plugins}\nsites: { a: { routes: [{ path: /, text: { text: a }, ${key}: { label: a } }] } }\n`;
    const reached = globalThis as { endlessIsReached?: boolean };
    reached.endlessIsReached = false;
    const clock = createManualClock();
    const source = { file: join(folder, 'w.yaml'), text };
    const loading = loadConfig(source, definition, { ...testServices(), clock });
    await vi.waitUntil(() => reached.endlessIsReached);
    clock.advance(30_000);
    const loaded = await loading;
    expect(loaded.ok ? [] : loaded.problems.map(({ path, message }) => `${path}: ${message}`)).toEqual([expected]);
  });

  it.each([
    ['./sheild.mjs', 'shield'],
    ['./routes.mjs', 'route'],
    ['./none.mjs', null],
  ])('that cannot be used are the only problem, with a guess: %s', async (plugin, suggestion) => {
    const loaded = await load(`["${plugin}"]`, 'text: { text: a }, acme.x');
    expect(loaded.ok ? [] : loaded.problems).toMatchObject([{ path: 'plugins[0]', line: 1, column: 11, suggestion }]);
  });

  it.each([
    ['./nothing.mjs', 'made an instance without layers: `create` returned nothing'],
    ['./foreign.mjs', 'made a layer in the phase "quota", which its `phases` do not list'],
    ['./handler.mjs', 'made a layer without the function `run`: it has `handler`'],
    ['./throws.mjs', 'threw TypeError: no (throws.mjs:4:25)'],
  ])('that make no feature are named where the configuration names it: %s', async (plugin, why) => {
    const loaded = await load(`["${plugin}"]`, 'x');
    expect(loaded.ok ? [] : loaded.problems).toMatchObject([
      {
        line: 2,
        path: 'sites.a.routes[0].x',
        message: `expected the plugin \`${plugin}\` to make \`x\`, found that it ${why}`,
      },
    ]);
  });

  it('that cannot prepare are named', async () => {
    const loaded = await load('[./prepare.mjs]', 'x');
    if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
    await expect(loaded.config.prepare()).rejects.toMatchObject({
      code: 'CONFIG_PLUGIN_FAILED',
      message: expect.stringContaining(
        'sites.a.routes[0].x of the plugin `./prepare.mjs` threw TypeError: no (prepare.mjs:',
      ),
    });
  });

  it.each([
    ['explains', 'returned from `explain` something else than a list of { decision, because }'],
    ['explain-throws', 'threw TypeError: no (explain-throws.mjs:4:'],
  ])('that explain themselves wrongly are named: %s', async (name, why) => {
    const loaded = await load(`[./${name}.mjs]`, 'x');
    if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
    const { layers, answer } = explainRequest(loaded.config, { method: 'GET', url: '/' });
    const because = expect.stringContaining(`the plugin ./${name}.mjs ${why}`);
    expect(layers[0]?.reasons).toEqual([{ decision: 'cannot be explained', because }]);
    expect(answer).toBe('x, unless it passes the request on');
  });
});
