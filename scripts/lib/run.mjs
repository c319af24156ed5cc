// Runs the tools of the repository with nothing but Node and npm on the machine.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', PATH: `${root}node_modules/.bin:${process.env.PATH}` };

/** Runs a program of `node_modules/.bin` (or the PATH) and resolves to its exit code. */
export function run(command, args, { onOutput, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: 'inherit', ...options });
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', onOutput);
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(signal === null ? code : 1));
  });
}

/** Installs dependencies when the lockfile is newer than what is installed. */
export async function install() {
  if (isInstalled()) return 0;
  const { packageManager } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  console.log(`Installing dependencies with ${packageManager} …`);
  return run('npx', [
    '--yes',
    packageManager,
    'install',
    '--frozen-lockfile',
    '--reporter=append-only',
    '--loglevel=warn',
  ]);
}

/** Builds what is not built yet; what is comes from turbo's cache. Says nothing unless it fails. */
export async function build(...filters) {
  let output = '';
  const args = ['run', 'build', '--output-logs=errors-only', ...filters.map((filter) => `--filter=${filter}`)];
  const code = await run('turbo', args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    onOutput: (text) => {
      output += text;
    },
  });
  if (code !== 0) console.error(output);
  return code;
}

function isInstalled() {
  const installed = `${root}node_modules/.pnpm/lock.yaml`;
  const wanted = `${root}pnpm-lock.yaml`;
  return existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(wanted, 'utf8');
}
