import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import type { ServerLimits } from '../src/index.ts';

/** A server in its own process. */
export interface PeerServer {
  readonly child: ChildProcess;
  readonly http: string;
  readonly https: string;
  readonly port: number;
  /** Resident bytes at the most so far. Linux tells. */
  peak(): Promise<number>;
  counts(): Promise<{ answered: number; cut: number; connections: number }>;
}

/** Starts what was built, and ends it with the test. */
export async function startPeerServer(limits: Partial<ServerLimits> = {}): Promise<PeerServer> {
  const script = fileURLToPath(new URL('peer-server.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(limits)], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(createInterface(child.stdout!), 'line')) as [string];
  const ports = JSON.parse(line) as { http: number; https: number };
  const http = `http://127.0.0.1:${ports.http}`;
  return {
    child,
    http,
    https: `https://127.0.0.1:${ports.https}`,
    port: ports.http,
    peak: async () => {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      return Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) * 1024;
    },
    counts: async () => (await (await fetch(`${http}/counts`)).json()) as Awaited<ReturnType<PeerServer['counts']>>,
  };
}

/** Runs a program to its end and gives what it printed. Its failure is a failure here. */
export async function run(program: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(program, args, { maxBuffer: 1 << 24, timeout: 120_000 });
  return stdout + stderr;
}
