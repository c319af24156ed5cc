import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function isAnswered(port: number, path: string): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}${path}`).then(
    (answer) => answer.ok,
    () => false,
  );
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** `npm start` as a user types it, on ports of its own. */
function npmStart(front: number, api: number): { child: ChildProcess; said(): string } {
  const env = { ...process.env, PORT: String(front), API_PORT: String(api) };
  const child = spawn('npm', ['start'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  onTestFinished(() => void child.kill());
  return { child, said: () => said };
}

describe('npm start', { timeout: 120_000 }, () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)('leaves nothing running after %s', async (signal) => {
    const [front, api] = [await freePort(), await freePort()];
    const { child } = npmStart(front, api);
    await until(() => isAnswered(front, '/api/time'));
    child.kill(signal);
    await until(async () => !(await isAnswered(front, '/healthz')) && !(await isAnswered(api, '/api/time')));
  });

  it.each(['front', 'api'])('says that the port of the %s is taken, and starts nothing', async (which) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as AddressInfo;
    const other = await freePort();
    const { child, said } = which === 'front' ? npmStart(port, other) : npmStart(other, port);
    const [code] = (await once(child, 'close')) as [number];
    expect(code).not.toBe(0);
    expect(said()).toContain(
      `Port ${port}, for the ${which === 'front' ? 'front server' : 'API of the demo'}, is taken`,
    );
    expect(said()).not.toMatch(/\n +at /);
    expect(await isAnswered(other, '/healthz')).toBe(false);
  });
});
