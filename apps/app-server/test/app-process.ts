import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** `windhover-app` in a process of its own. */
export interface AppProcess {
  readonly child: ChildProcess;
  /** What the banner says is to open, without the slash at its end. */
  readonly url: string;
  readonly port: number;
  /** Everything it has said so far, on both outputs. */
  said(): string;
  /** Resolves when it has said this. */
  says(text: string | RegExp): Promise<void>;
  /** Resolves with the exit code, or the name of the signal that ended it. */
  readonly exited: Promise<number | string>;
}

/** A folder that goes with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'app-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Waits for what nobody tells of. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** A file of the applications that are hosted here. */
export function appFile(name: string): string {
  return fileURLToPath(new URL(`apps/${name}`, import.meta.url));
}

/** The variables of these tests without those that this program reads, or warns of. */
const surroundings = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('WINDHOVER_')));

/** Starts what was built, and ends it with the test. */
export function spawnApp(
  args: readonly string[],
  env: Record<string, string> = {},
  stdio: StdioOptions = 'pipe',
): Omit<AppProcess, 'url' | 'port'> {
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const child = spawn(process.execPath, [main, ...args], { stdio, env: { ...surroundings, ...env } });
  let said = '';
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      for (const look of waiting) look();
    });
  }
  const exited = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? ''));
  });
  onTestFinished(async () => {
    child.kill('SIGTERM'); // workers end with it
    const patience = setTimeout(() => child.kill('SIGKILL'), 5000);
    await exited;
    clearTimeout(patience);
  });
  const says = (text: string | RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (typeof text === 'string' ? !said.includes(text) : !text.test(said)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
      void exited.then(() => {
        look();
        if (waiting.delete(look)) reject(new Error(`It ended without saying ${text}:\n${said}`));
      });
    });
  return { child, said: () => said, says, exited };
}

/** The same, once it is ready; on a free port unless the arguments say otherwise. */
export async function startApp(app: string, ...args: string[]): Promise<AppProcess> {
  const isPlaced = args.some((arg) => arg === '--port' || arg === '--unix');
  const started = spawnApp([isAbsolute(app) ? app : appFile(app), ...(isPlaced ? [] : ['--port', '0']), ...args]);
  await started.says(/ stop +Ctrl|The application is ready.*\n/);
  const url = /(?: open +|"url":")([^\s"]+)/.exec(started.said())![1]!.replace(/\/$/, '');
  return { ...started, url, port: Number(/:(\d+)/.exec(url)?.[1]) };
}
