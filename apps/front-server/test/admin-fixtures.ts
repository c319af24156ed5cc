import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashPassword } from '@windhover/auth';
import { onTestFinished } from 'vitest';
import { execute, type Finished, temporaryFolder } from './front-server-fixtures.ts';
import { program, until } from './supervised-fixtures.ts';

/** The token that may do everything. */
export const token = 'the-token-of-the-tests-1';

/** A server with the management API, in a process of its own. */
export interface Managed {
  readonly process: ChildProcess;
  readonly folder: string;
  readonly config: string;
  readonly url: string;
  readonly admin: string;
  readonly output: () => string;
  readonly command: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Finished>;
  /** Asks the API; `body` is sent as JSON. */
  readonly api: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the tests look at what they expect
  readonly json: any;
}

/** The text of a configuration with the API. */
export const configOf = (workers: number, text: string, admin = ''): string =>
  `${text.startsWith('listen:') ? '' : 'listen: 127.0.0.1:0\n'}workers: ${workers}\naccessLog: off\nadmin: { listen: 127.0.0.1:0, users: admins, roles: { configure: [ann], look: [bob] }, tokens: [{ name: ci, role: configure, token: ${token} }]${admin} }\nusers: { admins: { htpasswd: ./admins } }\n${text}`;

/** Starts `windhover run`. It ends with the test. */
export async function startManaged(workers: number, text: string, admin = ''): Promise<Managed> {
  const folder = await temporaryFolder();
  const config = join(folder, 'windhover.yaml');
  const hash = await hashPassword('right', 'bcrypt');
  await writeFile(join(folder, 'admins'), `ann:${hash}\nbob:${hash}\neve:${hash}\n`);
  await writeFile(config, configOf(workers, text, admin));
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
  await until(() => output.includes('SIGTERM\n') || child.exitCode !== null);
  const admins = /admin +(http:\S+)\//.exec(output)?.[1];
  const url = /open +(https?:\S+)\//.exec(output)?.[1];
  if (admins === undefined || url === undefined) throw new Error(output);
  const command: Managed['command'] = (args, env = {}) =>
    execute(process.execPath, [program, ...args, '-c', config], env);
  const api: Managed['api'] = async (method, path, body, headers = {}) => {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await fetch(`${admins}/api/v1${path}`, {
      ...{ method, headers: withoutEmpty({ authorization: `Bearer ${token}`, ...type, ...headers }) },
      ...(body === undefined ? {} : { body: body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body) }),
    });
    const sent = await answer.text();
    return { status: answer.status, headers: answer.headers, json: sent === '' ? null : JSON.parse(sent) };
  };
  return { process: child, folder, config, url, admin: admins, output: () => output, command, api };
}

function withoutEmpty(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
}
