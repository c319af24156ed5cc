import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { curl, execute, type Finished, temporaryFolder } from './front-server-fixtures.ts';

/** The built program. */
export const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** A server with workers, in processes of their own. */
export interface Running {
  readonly process: ChildProcess;
  readonly folder: string;
  readonly config: string;
  readonly port: number;
  /** What it has written so far. */
  readonly output: () => string;
  /** Runs another command for the same configuration. */
  readonly command: (...args: string[]) => Promise<Finished>;
  readonly workers: () => Promise<readonly { pid: number; restarts: number; connections: number; state: string }[]>;
}

/** A site that always answers the same. */
export const site = (answer: string): string => `sites: { a: { routes: [{ path: /, respond: ${answer} }] } }\n`;

/** Starts `windhover run` with two workers, unless `workers` says otherwise, on a free port. It ends with the test. */
export async function start(
  text: string,
  more = '',
  workers = 2,
  listen: string | null = '127.0.0.1:0',
): Promise<Running> {
  const folder = await temporaryFolder();
  const config = join(folder, 'windhover.yaml');
  await writeFile(
    config,
    `${listen === null ? '' : `listen: ${listen}\n`}workers: ${workers}\naccessLog: off\n${more}${text}`,
  );
  const child = spawn(process.execPath, [program, 'run', '-c', config], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => (output += part));
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    child.kill('SIGINT'); // a second signal ends at once
    await ended;
  });
  await until(() => output.includes('windhover stop') || child.exitCode !== null);
  const port = Number(/127\.0\.0\.1:(\d+)\//.exec(output)?.[1] ?? (listen === null ? 0 : Number.NaN));
  if (Number.isNaN(port)) throw new Error(output);
  const command = (...args: string[]) => execute(process.execPath, [program, ...args, '-c', config]);
  const slots = async () => (JSON.parse((await command('status', '--json')).stdout) as { slots: never[] }).slots;
  return { process: child, folder, config, port, output: () => output, command, workers: slots };
}

/** Looks again and again. The test has its own time limit. */
export async function until(isSo: () => unknown): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** What a server answers. */
export const body = async (port: number): Promise<string> => (await curl(`http://127.0.0.1:${port}/`)).body;
