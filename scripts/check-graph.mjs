// Checks every package's place: imports point down only, manifests are alike, and the tables in README.md and ARCHITECTURE.md
// tell what is there. `--write` draws the tables anew.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { layers, mayImport } from './lib/layers.mjs';
import { root } from './lib/run.mjs';

const problems = [];
const complain = (where, what) => problems.push(`${where}: ${what}`);

const packages = ['packages', 'apps'].flatMap((parent) =>
  readdirSync(`${root}${parent}`).map((name) => {
    const folder = `${parent}/${name}`;
    return { name, folder, manifest: JSON.parse(readFileSync(`${root}${folder}/package.json`, 'utf8')) };
  }),
);
const names = new Set(packages.map(({ name }) => name));

for (const { name, folder, manifest } of packages) {
  checkManifest(name, folder, manifest);
  checkImports(name, folder, manifest);
  for (const file of ['README.md', 'tsconfig.json', 'tsup.config.ts']) {
    if (!existsSync(`${root}${folder}/${file}`)) complain(folder, `has no ${file}`);
  }
}
await checkPublished();
checkTable(
  'README.md',
  packages.map(({ name, folder, manifest }) => `| [\`${label(folder, name)}\`](${folder}) | ${manifest.description} |`),
);
checkTable(
  'ARCHITECTURE.md',
  packages.map(({ name, folder, manifest }) => architectureRow(name, folder, manifest)),
);

for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log(`${packages.length} packages, every import points down`);
process.exitCode = problems.length === 0 ? 0 : 1;

function checkManifest(name, folder, manifest) {
  if (manifest.name !== `@windhover/${name}`) complain(folder, `is named ${manifest.name}`);
  if (!(name in layers)) complain(folder, 'has no place in scripts/lib/layers.mjs: give it one');
  const expected = { license: 'MIT', type: 'module' };
  for (const [key, value] of Object.entries(expected)) {
    if (manifest[key] !== value) complain(folder, `package.json: ${key} is ${manifest[key]}, expected ${value}`);
  }
  if (manifest.engines?.node !== '>=20.19') complain(folder, 'package.json: engines.node is not >=20.19');
  if (typeof manifest.description !== 'string') complain(folder, 'package.json: no description');
  for (const [entry, conditions] of Object.entries(manifest.exports ?? {})) {
    if (typeof conditions === 'string') continue;
    const { 'windhover-source': source, ...published } = conditions;
    if (source === undefined || !existsSync(`${root}${folder}/${source}`))
      complain(folder, `exports["${entry}"] has no source`);
    if (JSON.stringify(published) !== JSON.stringify(manifest.publishConfig?.exports?.[entry])) {
      complain(folder, `exports["${entry}"] and publishConfig.exports["${entry}"] differ`);
    }
  }
}

/** Every import of every source file: declared, downward, and only of public entries. */
function checkImports(name, folder, manifest) {
  for (const file of sourceFiles(`${folder}/src`)) {
    const isTest = /\.test\.ts$|-fixtures\.ts$/.test(file);
    const text = readFileSync(`${root}${file}`, 'utf8');
    for (const [, specifier] of text.matchAll(/^(?:import|export)[^'"]*?from '([^']+)'|^import '([^']+)'/gm)) {
      if (specifier === undefined || specifier.startsWith('.')) continue;
      if (specifier.startsWith('node:')) {
        if (layers[name]?.isPure && !isTest) complain(file, `imports ${specifier}, but ${name} must run anywhere`);
        continue;
      }
      const target = /^@windhover\/([^/]+)/.exec(specifier)?.[1];
      const declared = {
        ...manifest.dependencies,
        ...manifest.peerDependencies,
        ...(isTest ? manifest.devDependencies : {}),
      };
      const packageName = specifier.startsWith('@')
        ? specifier.split('/').slice(0, 2).join('/')
        : specifier.split('/')[0];
      if (!(packageName in declared) && !isTest)
        complain(file, `imports ${specifier}, which package.json does not declare`);
      if (target === undefined || isTest) continue;
      if (!names.has(target)) complain(file, `imports ${specifier}, which does not exist`);
      else if (name in layers && !mayImport(name, target))
        complain(file, `${name} (layer ${layers[name].layer}) must not import ${target}`);
    }
  }
}

function* sourceFiles(folder) {
  for (const entry of readdirSync(`${root}${folder}`, { withFileTypes: true })) {
    if (entry.isDirectory()) yield* sourceFiles(`${folder}/${entry.name}`);
    else if (entry.name.endsWith('.ts')) yield `${folder}/${entry.name}`;
  }
}

async function checkPublished() {
  for (const { folder, manifest } of packages) {
    if (!existsSync(`${root}${folder}/dist`)) continue;
    const { messages } = await publint({ pkgDir: `${root}${folder}`, strict: true, pack: false });
    // Before publishing, `exports` still has our own source condition.
    for (const message of messages) {
      if (message.path?.includes('windhover-source')) continue;
      complain(folder, formatMessage(message, manifest) ?? message.code);
    }
  }
}

function architectureRow(name, folder, manifest) {
  const internal = Object.keys(manifest.dependencies ?? {}).filter((dependency) =>
    dependency.startsWith('@windhover/'),
  );
  const external = Object.keys(manifest.dependencies ?? {}).filter(
    (dependency) => !dependency.startsWith('@windhover/'),
  );
  const list = (items) => (items.length === 0 ? '–' : items.map((item) => item.replace('@windhover/', '')).join(', '));
  return `| ${layers[name]?.layer} ${layers[name]?.title} | [\`${label(folder, name)}\`](${folder}) | ${list(internal)} | ${list(external)} |`;
}

function label(folder, name) {
  return folder.startsWith('apps/') ? folder : `@windhover/${name}`;
}

/** The rows between `<!-- packages -->` and `<!-- /packages -->`, below the table's own heading. */
function checkTable(file, rows) {
  const sorted = file === 'ARCHITECTURE.md' ? [...rows].sort() : rows;
  const text = readFileSync(`${root}${file}`, 'utf8');
  const drawn = text.replace(
    /(<!-- packages -->\n(?:\|.*\n){2})(?:\|.*\n)*(<!-- \/packages -->)/,
    (_match, head, end) => `${head}${sorted.join('\n')}\n${end}`,
  );
  if (drawn === text) return;
  if (process.argv.includes('--write')) writeFileSync(`${root}${file}`, drawn);
  else complain(file, 'the package table is out of date: run `node scripts/check-graph.mjs --write`');
}
