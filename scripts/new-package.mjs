// Makes the files every package has: `node scripts/new-package.mjs NAME "One sentence." [--feature PHASE] [workspace dependency…]`.
// With `--feature` it is a middleware that works, with a key in the configuration: only its decision is left to write.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { camelCase, featureFiles, readme } from './lib/package-files.mjs';

const { values, positionals } = parseArgs({
  options: { feature: { type: 'string' }, root: { type: 'string', default: new URL('../', import.meta.url).href } },
  allowPositionals: true,
});
const [name, description, ...given] = positionals;
if (name === undefined || description === undefined || !/^[a-z][a-z0-9-]*$/.test(name)) {
  console.error('Usage: node scripts/new-package.mjs NAME "One sentence." [--feature PHASE] [workspace dependency…]');
  process.exit(2);
}
const { feature: phase, root } = values;
const isFeature = phase !== undefined;
if (isFeature && !phases().includes(phase)) {
  console.error(`There is no phase ${phase}: ${phases().join(', ')}`);
  process.exit(2);
}
const dependencies = isFeature ? [...new Set(['core', 'options', ...given])] : given;
const folder = new URL(`packages/${name}/`, root);
mkdirSync(new URL('src/lib/', folder), { recursive: true });

const published = {
  '.': { types: './dist/index.d.ts', default: './dist/index.js' },
  './package.json': './package.json',
};
const manifest = {
  name: `@windhover/${name}`,
  version: '0.0.0',
  description,
  license: 'MIT',
  type: 'module',
  sideEffects: false,
  engines: { node: '>=20.19' },
  exports: { '.': { 'windhover-source': './src/index.ts', ...published['.'] }, './package.json': './package.json' },
  publishConfig: { access: 'public', exports: published },
  files: ['dist'],
  scripts: { build: 'tsup', prepack: 'node ../../scripts/prepack.mjs' },
  dependencies: Object.fromEntries(dependencies.map((dependency) => [`@windhover/${dependency}`, 'workspace:^'])),
};
if (dependencies.length === 0) delete manifest.dependencies;
// What middleware is tested with; the packages below it cannot use it.
if (dependencies.length > 0) manifest.devDependencies = { '@windhover/testing': 'workspace:^' };

const write = (file, text) => writeFileSync(new URL(file, folder), text, { flag: 'wx' });
write('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
write('tsconfig.json', '{\n  "extends": "../../tsconfig.base.json",\n  "include": ["src"]\n}\n');
write(
  'tsup.config.ts',
  "import { definePackage } from '../../scripts/tsup-package.ts';\n\nexport default definePackage(['index']);\n",
);
write('README.md', readme(name, description, isFeature));
if (isFeature) addFeature();
else write('src/index.ts', 'export {};\n');

/** The middleware, its test, its key, and its line in every list. */
function addFeature() {
  const files = featureFiles(name, description, phase);
  for (const [file, text] of Object.entries(files.inPackage)) write(file, text);
  writeFileSync(new URL(`packages/features/src/lib/${name}.ts`, root), files.feature, { flag: 'wx' });
  writeFileSync(new URL(`.changeset/${name}.md`, root), files.changeset, { flag: 'wx' });
  const key = camelCase(name);
  edit('packages/features/src/index.ts', (text) => `export { ${key}Feature } from './lib/${name}.ts';\n${text}`);
  edit('packages/features/src/lib/standard-features.ts', (text) =>
    text
      .replace('\n\n/**', `\nimport { ${key}Feature } from './${name}.ts';\n\n/**`)
      .replace('= [\n', `= [\n  ${key}Feature,\n`),
  );
  const row = `| \`${key}\` | ${description.replace(/\.$/, '')} | ${phase} |\n`;
  edit('packages/features/README.md', (text) => text.replace('| `static` |', `${row}| \`static\` |`));
  edit('packages/features/package.json', (text) => {
    const features = JSON.parse(text);
    const all = { ...features.dependencies, [`@windhover/${name}`]: 'workspace:^' };
    features.dependencies = Object.fromEntries(Object.entries(all).sort(([one], [other]) => (one < other ? -1 : 1)));
    return `${JSON.stringify(features, null, 2)}\n`;
  });
  edit('scripts/lib/layers.mjs', (text) =>
    text.replace('  config: {', `  ${quoted(name)}: { layer: 3, title: 'feature' },\n  config: {`),
  );
  console.log(`The middleware is packages/${name}/src/lib/${name}.ts, its key \`${key}\` packages/features/src/lib/${name}.ts. Next:
  npx pnpm install
  npm run format
  node scripts/check-graph.mjs --write
  WRITE=1 npx vitest run scripts/configuration-page.test.ts scripts/error-page.test.ts
  npx vitest run packages/${name} packages/features
  npx turbo run build --filter=@windhover/${name} && npx vitest run scripts/readme.test.ts -t ${name}`);
}

function edit(file, change) {
  const url = new URL(file, root);
  writeFileSync(url, change(readFileSync(url, 'utf8')));
}

function quoted(text) {
  return text.includes('-') ? `'${text}'` : text;
}

/** Those that work on requests, as the contract has them. */
function phases() {
  const source = readFileSync(new URL('../packages/core/src/lib/phases.ts', import.meta.url), 'utf8');
  const table = source.slice(source.indexOf('export const phases'));
  return [...table.matchAll(/^ {2}(\w+):/gm)].map(([, phase]) => phase).filter((phase) => phase !== 'connection');
}
