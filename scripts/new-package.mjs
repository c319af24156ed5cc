// Makes the files every package has: `node scripts/new-package.mjs NAME "one sentence" [workspace dependency…]`.
import { mkdirSync, writeFileSync } from 'node:fs';

const [name, description, ...dependencies] = process.argv.slice(2);
if (name === undefined || description === undefined) {
  console.error('Usage: node scripts/new-package.mjs NAME "one sentence" [workspace dependency…]');
  process.exit(2);
}
const folder = new URL(`../packages/${name}/`, import.meta.url);
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
write('README.md', `# @windhover/${name}\n\n${description}\n`);
write('src/index.ts', 'export {};\n');
