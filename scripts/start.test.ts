import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { type AddressInfo, connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePorts } from './lib/free-port.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

async function isAnswered(port: number, path: string): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}${path}`).then(
    (answer) => answer.ok,
    () => false,
  );
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Waits for something that a running demo does. Fails with what it has said if it ends before. */
async function untilRunning({ child, said }: Started, condition: () => Promise<boolean>): Promise<void> {
  await until(async () => child.exitCode !== null || (await condition()));
  if (child.exitCode !== null) throw new Error(`npm start has ended: ${said()}`);
}

/** The ports of a demo, by the variables that choose them. */
type Ports = Readonly<Record<'PORT' | 'HTTPS_PORT' | 'API_PORT' | 'API_PORT_2' | 'METRICS_PORT', number>>;

async function portsOfDemo(): Promise<Ports> {
  const [PORT, HTTPS_PORT, API_PORT, API_PORT_2, METRICS_PORT] = (await freePorts(5)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { PORT, HTTPS_PORT, API_PORT, API_PORT_2, METRICS_PORT };
}

interface Started {
  readonly child: ChildProcess;
  said(): string;
  /** Whether any process that it has started is still there; by its ports where the system shows no processes. */
  isAnythingLeft(): Promise<boolean>;
}

/** `npm start` as a user types it, or the program behind it, on ports of its own. */
function npmStart(ports: Ports, [command, ...args] = ['npm', 'start']): Started {
  const mark = `demo-${randomUUID()}`; // every process that it starts has it in its environment
  const numbers = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, `${port}`]));
  const env = { ...process.env, ...numbers, WINDHOVER_TEST_MARK: mark };
  const child = spawn(command!, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  const isAnythingLeft = async (): Promise<boolean> =>
    existsSync('/proc/self/environ') ? isMarked(mark) : isAnyOpen(ports);
  // Two servers of one configuration file cannot run at the same time, so the next test has to wait.
  onTestFinished(async () => {
    child.kill();
    await until(async () => !(await isAnythingLeft()));
  });
  return { child, said: () => said, isAnythingLeft };
}

function isMarked(mark: string): boolean {
  return readdirSync('/proc').some((pid) => {
    if (!/^[0-9]+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark);
    } catch {
      return false; // it has just ended, or belongs to somebody else
    }
  });
}

/** Whether anything listens on any of the ports. */
async function isAnyOpen(ports: Ports): Promise<boolean> {
  const open = await Promise.all(Object.values(ports).map(isOpen));
  return open.includes(true);
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

describe('npm start', { timeout: 120_000 }, () => {
  it('serves over HTTP and HTTPS, passes requests to two APIs, and says so', async () => {
    const ports = await portsOfDemo();
    const started = npmStart(ports);
    await untilRunning(started, async () => started.said().includes('Ctrl+C stops everything'));
    const site = `http://127.0.0.1:${ports.PORT}`;
    const instances = new Set<number>();
    for (let count = 0; count < 4; count++) {
      instances.add(((await (await fetch(`${site}/api/instance`)).json()) as { instance: number }).instance);
    }
    expect(instances).toEqual(new Set([ports.API_PORT, ports.API_PORT_2]));
    expect(await (await fetch(`${site}/ports.json`)).json()).toEqual({
      front: ports.PORT,
      secure: ports.HTTPS_PORT,
      metrics: ports.METRICS_PORT,
    });
    const missing = await fetch(`${site}/missing`, { headers: { accept: 'text/html' } });
    expect([missing.status, await missing.text()]).toEqual([404, expect.stringContaining('Nothing here')]);
    expect(await isAnswered(ports.METRICS_PORT, '/metrics')).toBe(true);
    expect(await securePage(ports.HTTPS_PORT)).toContain('<title>Windhover demo</title>');
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('leaves nothing running after %s', async (signal) => {
    const ports = await portsOfDemo();
    const started = npmStart(ports);
    const { child, isAnythingLeft } = started;
    await untilRunning(started, () => isAnswered(ports.PORT, '/api/time'));
    child.kill(signal);
    await until(async () => !(await isAnythingLeft()));
  });

  it('leaves nothing running when it is killed itself, without npm', async () => {
    const ports = await portsOfDemo();
    const started = npmStart(ports, [process.execPath, 'scripts/start.mjs']);
    const { child, isAnythingLeft } = started;
    await untilRunning(started, () => isAnswered(ports.PORT, '/api/time'));
    child.kill('SIGKILL');
    await until(async () => !(await isAnythingLeft()));
  });

  it('leaves nothing running, and fails, when the supervisor is killed', async () => {
    const ports = await portsOfDemo();
    const started = npmStart(ports);
    const { child, said, isAnythingLeft } = started;
    await untilRunning(started, async () => said().includes('Ctrl+C stops everything'));
    process.kill(Number(/supervisor (\d+)/.exec(said())![1]), 'SIGKILL');
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(1);
    await until(async () => !(await isAnythingLeft()));
  });

  it.each([
    ['PORT', 'the front server'],
    ['HTTPS_PORT', 'HTTPS'],
    ['API_PORT', 'the API of the demo'],
    ['API_PORT_2', 'the second API of the demo'],
    ['METRICS_PORT', 'metrics'],
  ] as const)('says that the %s of %s is taken, and starts nothing', async (variable, name) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as AddressInfo;
    const ports = { ...(await portsOfDemo()), [variable]: port };
    const { child, said, isAnythingLeft } = npmStart(ports);
    const [code] = (await once(child, 'close')) as [number];
    expect(code).not.toBe(0);
    expect(said()).toContain(`Port ${port}, for ${name}, is taken`);
    expect(said()).toContain(`${variable}=${port + 1000} npm start`);
    expect(said()).not.toMatch(/\n +at /);
    expect(await isAnythingLeft()).toBe(false);
  });
});

/** The start page over HTTPS, from a client that believes the demo's certificate and checks it. */
async function securePage(port: number): Promise<string> {
  const ca = readFileSync(`${root}examples/demo/certificates/localhost.pem`);
  const [response] = (await once(get({ host: '127.0.0.1', port, servername: 'localhost', ca }), 'response')) as [
    IncomingMessage,
  ];
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}
