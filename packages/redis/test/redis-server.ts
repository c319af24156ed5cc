import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { freePort } from '../../../scripts/lib/free-port.ts';

const run = promisify(execFile);

/** A real `redis-server` of a test. */
export interface TestRedis {
  readonly path: string;
  readonly port: number;
  /** Runs `redis-cli`. */
  cli(...values: string[]): Promise<string>;
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** Starts a server on a Unix socket and a port, until the test ends. It keeps nothing on disk. */
export async function startRedis(...args: string[]): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'windhover-redis-'));
  const path = join(folder, 'redis.sock');
  const port = await freePort();
  let child: ChildProcess;
  const cli = async (...values: string[]): Promise<string> =>
    (await run('redis-cli', ['-s', path, ...values])).stdout.trim();
  const start = async (): Promise<void> => {
    const listening = ['--bind', '127.0.0.1', '--port', String(port), '--unixsocket', path];
    const quiet = ['--save', '', '--appendonly', 'no', '--dir', folder, '--loglevel', 'warning'];
    child = spawn('redis-server', [...listening, ...quiet, ...args], { stdio: 'ignore' });
    const exited = once(child, 'exit').then(() => 'exited');
    while ((await Promise.race([exited, cli('ping').catch(() => 'not yet')])) !== 'PONG') {
      if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(async () => {
    await kill();
    await rm(folder, { recursive: true });
  });
  await start();
  return { path, port, cli, signal: (name) => void child.kill(name), kill, start };
}

/** Starts a cluster of three masters. */
export async function startCluster(): Promise<readonly TestRedis[]> {
  const nodes = await Promise.all(
    [0, 1, 2].map(async () => {
      const bus = String(await freePort()); // by default 10,000 above the other port, which somebody may have
      return startRedis('--cluster-enabled', 'yes', '--cluster-node-timeout', '20000', '--cluster-port', bus);
    }),
  );
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  await run('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes']);
  for (const node of nodes)
    while (!(await node.cli('cluster', 'info')).includes('cluster_state:ok'))
      await new Promise((resolve) => setTimeout(resolve, 20));
  return nodes;
}

/** A server with a replica, and a sentinel that watches them under the name `main`. */
export interface TestSentinel {
  readonly port: number;
  readonly primary: TestRedis;
  readonly replica: TestRedis;
}

/** Starts a server, its replica and a sentinel, and waits until they know each other. */
export async function startSentinel(): Promise<TestSentinel> {
  const primary = await startRedis();
  const replica = await startRedis('--replicaof', '127.0.0.1', String(primary.port));
  const folder = await mkdtemp(join(tmpdir(), 'windhover-sentinel-'));
  const port = await freePort();
  const file = join(folder, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor main 127.0.0.1 ${primary.port} 1`,
    'sentinel down-after-milliseconds main 300',
    'sentinel failover-timeout main 2000',
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const child = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
    await rm(folder, { recursive: true });
  });
  const knows = async (): Promise<boolean> => {
    const asked = run('redis-cli', ['-p', String(port), 'sentinel', 'master', 'main']).catch(() => ({ stdout: '' }));
    return /num-slaves\n1\n/.test((await asked).stdout);
  };
  const isReplicating = async (): Promise<boolean> =>
    (await replica.cli('info', 'replication')).includes('master_link_status:up');
  while (!(await knows()) || !(await isReplicating())) {
    if (child.exitCode !== null) throw new Error(`the sentinel ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { port, primary, replica };
}
