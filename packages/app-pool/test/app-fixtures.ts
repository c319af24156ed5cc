import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@windhover/core';
import { build } from 'esbuild';
import { onTestFinished } from 'vitest';
import {
  type AppDefinition,
  AppHost,
  type AppSnapshot,
  AppView,
  type GivenPoolSettings,
  resolvePoolSettings,
} from '../src/index.ts';

export const programs = fileURLToPath(new URL('./programs/', import.meta.url));

/** An application that runs `server.mjs` on a socket, unless `more` says otherwise. */
export function application(more: Partial<AppDefinition> = {}, settings: GivenPoolSettings = {}): AppDefinition {
  return {
    name: 'shop',
    command: [process.execPath, 'server.mjs'],
    cwd: programs,
    env: {},
    listen: 'socket',
    ready: { path: '/', notice: false },
    warmUp: [],
    host: null,
    ping: null,
    limits: null,
    user: null,
    group: null,
    settings: resolvePoolSettings({ shutdownMs: 5000, ...settings }),
    ...more,
  };
}

/** Looks again and again. The test has its own time limit. */
export async function until(isSo: () => unknown): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Whether a process runs; one that has ended and waits for its parent does not. */
export async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  return stat !== '' && !/\) [ZX] /.test(stat);
}

/** Hosts applications, and asks them as a process that serves does. Ends with the test. */
export function startHost(...definitions: AppDefinition[]) {
  const lines: string[] = [];
  const write = (message: string): void => void lines.push(message);
  const log = { debug: write, info: write, warn: write, error: write };
  const host = new AppHost({ log, clock: systemClock });
  onTestFinished(() => host.close());
  const loads = new Map<string, { active: number; total: number }>();
  let targets: readonly string[] = [];
  let snapshot: AppSnapshot | null = null;
  const link = host.connect((told) => {
    snapshot = told;
    view.hear(told);
  });
  const view = new AppView('shop', {
    clock: systemClock,
    tell: (use) => link.hear(use),
    targets: {
      set: (addresses, draining) => (targets = addresses.filter((address) => !draining.includes(address))),
      load: (address) => loads.get(address) ?? null,
    },
  });
  view.open();
  for (const definition of definitions) host.define(definition);
  let turn = 0;
  const ask = async (path = '/'): Promise<string> => {
    view.ask();
    await until(() => view.isOpen);
    const address = targets[turn++ % targets.length]!;
    const load = loads.get(address) ?? { active: 0, total: 0 };
    loads.set(address, load);
    load.active += 1;
    load.total += 1;
    try {
      return await get(address, path);
    } finally {
      load.active -= 1;
    }
  };
  return { host, view, lines, ask, snapshot: () => snapshot, status: () => host.status[0]! };
}

function get(address: string, path: string): Promise<string> {
  const place = address.startsWith('unix:') ? { socketPath: address.slice(5) } : { port: new URL(address).port };
  return new Promise((resolve, reject) => {
    const request = http.get({ ...place, host: '127.0.0.1', path, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.once('end', () => resolve(body));
      response.once('error', reject);
    });
    request.once('error', reject);
  });
}

/** A program that owns an application, built from source. Its file is gone after the test. */
export async function buildOwner(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'windhover-owner-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const outfile = join(folder, 'owner.mjs');
  const entryPoints = [join(programs, 'owner.ts')];
  await build({
    entryPoints,
    conditions: ['windhover-source'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'silent',
  });
  return outfile;
}

/** The guards that a process has started and that run. */
export async function guardsOf(owner: number): Promise<readonly number[]> {
  const names = (await readdir('/proc')).filter((name) => /^[0-9]+$/.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const [stat, command] = await Promise.all(
        ['stat', 'cmdline'].map((file) => readFile(`/proc/${name}/${file}`, 'latin1').catch(() => '')),
      );
      const [state, parent] = stat!.slice(stat!.lastIndexOf(')') + 2).split(' ');
      return Number(parent) === owner && state !== 'Z' && command!.includes('windhover-guard') ? Number(name) : null;
    }),
  );
  return found.filter((pid) => pid !== null);
}
