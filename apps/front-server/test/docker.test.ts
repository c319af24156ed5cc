import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../scripts/lib/free-port.ts';
import { curl, execute, startUpstream, temporaryFolder } from './front-server-fixtures.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = `${root}examples/docker/`;
const main = `${root}apps/front-server/dist/main.js`;

/** The instructions of the Dockerfile, without comments, each on one line: `['FROM', 'node:22-slim']`. */
const instructions = readFileSync(`${folder}Dockerfile`, 'utf8')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => /^([A-Z]+) (.+)$/.exec(line)!.slice(1) as [name: string, value: string]);

const last = (name: string): string => instructions.findLast(([each]) => each === name)![1];
const healthCheck = JSON.parse(last('HEALTHCHECK').replace(/^.*CMD /, '')) as [command: string, ...args: string[]];

/** As root, which CI is, anybody may have a PID namespace: what is started in it is PID 1 there, as in a container. */
const canUnshare = process.platform === 'linux' && process.getuid?.() === 0;

/** The site of the example on ports of its own, whose API answers with the port it was asked on. */
async function writeSite(): Promise<{ site: string; port: number; metrics: number }> {
  const site = await temporaryFolder();
  const api = await startUpstream((_, response) => response.end('api'));
  const [port, metrics] = [await freePort(), await freePort()];
  const text = (await readFile(`${folder}site/windhover.yaml`, 'utf8'))
    .replace('listen: 8080', `listen: 127.0.0.1:${port}`)
    .replace('metrics: true', `metrics: 127.0.0.1:${metrics}`)
    .replace('api1:8081', `127.0.0.1:${api.port}`)
    .replace('api2:8082', `127.0.0.1:${api.port}`)
    .replace('./public', `${folder}site/public`);
  await writeFile(join(site, 'windhover.yaml'), text);
  await execute('chmod', ['755', site]); // for the ordinary user
  return { site, port, metrics };
}

/** The command of the image as PID 1, as an ordinary user, in the folder of the site. */
async function startAsContainer(site: string): Promise<{ child: ChildProcess; pid: number; said(): string }> {
  const isolate = ['--pid', '--fork', '--kill-child', '--mount-proc'];
  const user = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  const args = JSON.parse(last('CMD')) as string[];
  const { XDG_RUNTIME_DIR: _, ...env } = process.env;
  const child = spawn('unshare', [...isolate, ...user, process.execPath, main, ...args], { cwd: site, env });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => (said += part));
  onTestFinished(() => void child.kill('SIGKILL'));
  while (!said.includes('Ctrl+C')) {
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const outside = child.pid!;
  const pid = Number(readFileSync(`/proc/${outside}/task/${outside}/children`, 'utf8'));
  return { child, pid, said: () => said };
}

/** Runs the health check of the image, with another port. */
function checkHealth(metrics: number): Promise<number | null> {
  const [, ...args] = healthCheck.map((arg) => arg.replace(':9145', `:${metrics}`));
  return execute(process.execPath, args).then(({ code }) => code);
}

describe('examples/docker', () => {
  it('has a Dockerfile of two stages, whose last one runs as an ordinary user', () => {
    const names = instructions.map(([name]) => name);
    const stages = instructions.filter(([name]) => name === 'FROM').map(([, value]) => value);
    expect(stages).toEqual(['node:22-slim AS build', 'node:22-slim']);
    expect(last('USER')).toBe('node');
    expect(names.lastIndexOf('USER')).toBeGreaterThan(names.lastIndexOf('RUN'));
    expect(new Set(names)).toEqual(
      new Set([
        ...['FROM', 'WORKDIR', 'COPY', 'RUN', 'ENV', 'USER', 'EXPOSE', 'STOPSIGNAL', 'HEALTHCHECK', 'ENTRYPOINT'],
        'CMD',
      ]),
    );
    expect(JSON.parse(last('ENTRYPOINT'))).toEqual(['windhover']);
  });

  it('uses the pnpm of the repository, and copies what is there', () => {
    const { packageManager } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { packageManager: string };
    expect(instructions).toContainEqual(['RUN', `npm install --global ${packageManager}`]);
    const copied = instructions.filter(([name, value]) => name === 'COPY' && !value.startsWith('--from'));
    for (const [, value] of copied) expect(existsSync(join(root, value.split(' ')[0]!))).toBe(true);
  });

  it('has a compose file whose build and mounts exist, and whose services the site names', () => {
    const { parse } = createRequire(`${root}packages/config/package.json`)('yaml');
    const { services } = parse(readFileSync(`${folder}compose.yaml`, 'utf8'), { merge: true }) as {
      services: Record<string, { build?: { context: string; dockerfile: string }; volumes: string[] }>;
    };
    const { build } = services['windhover']!;
    expect(existsSync(join(folder, build!.context, build!.dockerfile))).toBe(true);
    for (const { volumes } of Object.values(services)) {
      for (const volume of volumes) expect(existsSync(join(folder, volume.split(':')[0]!))).toBe(true);
    }
    const named = [...readFileSync(`${folder}site/windhover.yaml`, 'utf8').matchAll(/http:\/\/(\w+):/g)];
    for (const [, name] of named) expect(Object.keys(services)).toContain(name);
  });

  it.runIf(canUnshare)('serves as PID 1 of an ordinary user, is healthy, and ends on the stop signal', async () => {
    const { site, port, metrics } = await writeSite();
    expect(await checkHealth(metrics)).toBe(1); // not started yet
    const { child, pid, said } = await startAsContainer(site);
    expect(await checkHealth(metrics)).toBe(0);
    expect((await curl(`http://127.0.0.1:${port}/`)).body).toContain('Windhover in a container');
    expect((await curl(`http://127.0.0.1:${port}/api/instance`)).body).toBe('api');
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Uid:\s+65534\s+65534/m);
    const exited = once(child, 'exit');
    process.kill(pid, last('STOPSIGNAL'));
    expect(await exited).toEqual([0, null]);
    expect(said()).toContain('Stopped.');
    expect(await checkHealth(metrics)).toBe(1);
  });
});
