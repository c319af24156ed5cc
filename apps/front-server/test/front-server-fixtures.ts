import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatProblems } from '@windhover/config';
import { onTestFinished } from 'vitest';
import type { FrontServer } from '../src/lib/front-server.ts';
import { startFrontServer } from '../src/lib/start-front-server.ts';

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'windhover-front-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** A running front server, and the lines that it has written. */
export interface StartedServer {
  readonly server: FrontServer;
  readonly url: string;
  readonly accessLines: string[];
  readonly logLines: string[];
}

/** A front server on a free port, its lines collected. Stopped after the test. */
export async function startServer(text: string, folder = tmpdir()): Promise<StartedServer> {
  return startConfig(`listen: 127.0.0.1:0\n${text}`, folder);
}

/** The same with listeners of its own; `url` is that of the first, without listeners that of none. */
export async function startConfig(text: string, folder = tmpdir()): Promise<StartedServer> {
  const accessLines: string[] = [];
  const logLines: string[] = [];
  const started = await startFrontServer({
    config: { file: join(folder, 'windhover.yaml'), text },
    writeAccess: (line) => accessLines.push(line),
    writeLog: (line) => logLines.push(line),
  });
  if (!started.ok) throw new Error(formatProblems(started.problems));
  const { server } = started;
  onTestFinished(() => server.stop());
  return { server, url: `http://${server.listeners[0]?.name}`, accessLines, logLines };
}

/** A `node:http` server on a free port, or on the one it had before. Stopped after the test. */
export async function startUpstream(
  listener: RequestListener,
  port = 0,
): Promise<{ port: number; stop(): Promise<void> }> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onTestFinished(stop);
  return { port: (server.address() as AddressInfo).port, stop };
}

/** What a command printed, and how it ended. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, with more in its environment. */
export function execute(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The answer of `curl`, its head and body apart; the names of the head in lower case. */
export async function curl(...args: string[]): Promise<{ status: number; head: string; body: string }> {
  const { stdout, stderr, code } = await execute('curl', ['-sS', '-i', '--max-time', '20', ...args]);
  const end = stdout.indexOf('\r\n\r\n');
  if (code !== 0 || end < 0) throw new Error(`curl ended with ${code}: ${stderr}`);
  const head = stdout.slice(0, end).replace(/^[\w-]+:/gm, (name) => name.toLowerCase());
  return { status: Number(head.split(' ')[1]), head, body: stdout.slice(end + 4) };
}
