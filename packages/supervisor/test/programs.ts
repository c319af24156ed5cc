import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { onTestFinished } from 'vitest';
import { createSupervisor, type Supervisor, type SupervisorOptions } from '../src/index.ts';

/** Programs that the tests run in processes of their own, built from source. */
export interface Programs {
  readonly folder: string;
  readonly worker: string;
  readonly supervisor: string;
  /** Makes the next worker of the same file behave in this way. */
  behave(how: '' | 'crash' | 'throw' | 'stuck' | 'never-ready'): Promise<void>;
  /** Options with which workers look at it. */
  readonly options: { readonly worker: string; readonly execArgv: []; readonly env: Record<string, string> };
  remove(): Promise<void>;
}

export async function makePrograms(): Promise<Programs> {
  const folder = await mkdtemp(join(tmpdir(), 'supervisor-'));
  const source = (name: string): string => fileURLToPath(new URL(`./programs/${name}.ts`, import.meta.url));
  await build({
    entryPoints: [source('http-worker'), source('supervisor-program')],
    conditions: ['windhover-source'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    logLevel: 'silent',
  });
  const behaviour = join(folder, 'behaviour');
  const worker = join(folder, 'http-worker.mjs');
  await writeFile(behaviour, '');
  return {
    folder,
    worker,
    supervisor: join(folder, 'supervisor-program.mjs'),
    behave: (how) => writeFile(behaviour, how),
    options: { worker, execArgv: [], env: { BEHAVIOUR: behaviour } },
    remove: () => rm(folder, { recursive: true }),
  };
}

/** The worker with `node:http`, as REFERENCE.md shows it. */
export async function buildReadmeWorker({ folder }: Programs): Promise<string> {
  const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
  const [, contents] = /^```js worker\n(.*?)^```$/ms.exec(await readFile(here('../REFERENCE.md'), 'utf8'))!;
  const outfile = join(folder, 'readme.mjs');
  await build({
    stdin: { contents: contents!, resolveDir: here('.') },
    bundle: true,
    platform: 'node',
    format: 'esm',
    alias: { '@windhover/supervisor/worker': here('../src/worker.ts') },
    outfile,
  });
  return outfile;
}

/** A supervisor on a free port, which ends with the test. */
export interface Started {
  readonly supervisor: Supervisor;
  readonly port: number;
  readonly logged: string[];
}

export async function startSupervisor(programs: Programs, options: Partial<SupervisorOptions> = {}): Promise<Started> {
  const { supervisor, logged } = makeSupervisor(programs, options);
  await supervisor.start();
  return { supervisor, logged, port: (supervisor.status().listen['web'] as { port: number }).port };
}

export function makeSupervisor(programs: Programs, options: Partial<SupervisorOptions> = {}): Omit<Started, 'port'> {
  const logged: string[] = [];
  const note = (message: string): void => void logged.push(message);
  const supervisor = createSupervisor({
    ...programs.options,
    workers: 2,
    listen: { web: { host: '127.0.0.1', port: 0 } },
    log: { info: note, warn: note, error: note },
    ...options,
  });
  onTestFinished(() => supervisor.stop({ timeoutMs: 0 }));
  return { supervisor, logged };
}

/** Polls until the condition is true. The test has its own time limit. */
export async function until(isSo: () => unknown): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export function pids({ supervisor }: Pick<Started, 'supervisor'>): number[] {
  return supervisor.status().slots.map(({ pid }) => pid!);
}
