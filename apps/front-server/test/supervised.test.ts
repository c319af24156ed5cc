import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { keepAsking } from '../../../scripts/lib/load-clients.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { curl, execute, startUpstream, temporaryFolder } from './front-server-fixtures.ts';
import { body, program, type Running, site, start, until } from './supervised-fixtures.ts';

const rewrite = async (running: Running, text: string, more = ''): Promise<void> =>
  writeFile(running.config, `listen: 127.0.0.1:0\nworkers: 2\naccessLog: off\n${more}${text}`);

it('takes a changed configuration in all workers at once, keeps tunnels, and loses no request', {
  timeout: 60_000,
}, async () => {
  const upstream = await startUpstream((_request, response) => response.end('up'));
  const echoPort = await startEcho();
  const sites = (version: number): string =>
    `sites: { a: { routes: [{ path: /, proxy: "http://127.0.0.1:${upstream.port}" }, { path: /echo, proxy: "http://127.0.0.1:${echoPort}" }, { path: /version, respond: v${version} }] } }\n`;
  const running = await start(sites(1));
  const tunnels = await Promise.all(Array.from({ length: 8 }, () => openTunnel(running.port)));
  const clients = keepAsking(running.port, 16);
  for (let version = 2; version <= 6; version++) {
    const { answered } = clients.tally;
    await rewrite(running, sites(version));
    expect(await running.command('reload')).toMatchObject({ code: 0, stdout: 'Reloaded.\n' });
    expect((await curl(`http://127.0.0.1:${running.port}/version`)).body).toBe(`v${version}`);
    await until(() => clients.tally.answered > answered + 50);
  }
  await clients.stop();
  expect(clients.tally).toMatchObject({ lost: 0, refused: 0, resets: 0, failed: 0 });
  for (const tunnel of tunnels) {
    tunnel.write('still here');
    expect(String((await once(tunnel, 'data'))[0])).toBe('still here');
    tunnel.destroy();
  }
  expect(await running.workers()).toMatchObject([{ restarts: 0 }, { restarts: 0 }]);
});

it('keeps tunnels when workers are replaced, for as long as `oldStreams` says, and ends them at a stop', {
  timeout: 60_000,
}, async () => {
  const echo = await startEcho();
  const sites = (hosts: string): string =>
    `sites: { a: { hosts: ${hosts}, routes: [{ path: /echo, proxy: "http://127.0.0.1:${echo}" }] } }\n`;
  const running = await start(sites('a'));
  const tunnels = await Promise.all(Array.from({ length: 4 }, () => openTunnel(running.port)));
  expect((await running.command('reload', '--workers')).code).toBe(0);
  for (const tunnel of tunnels) expect(await echoOf(tunnel, 'still here')).toBe('still here');
  expect((await running.command('status')).stdout).toMatch(/ before it still finishing \(\d+\)/);
  const short = await openTunnel(running.port);
  const isOver = new Promise((resolve) => short.resume().once('close', resolve));
  await rewrite(running, sites('a'), 'oldStreams: 1s\nlimits: { keepAlive: 70s }\n');
  expect((await running.command('reload')).code).toBe(0);
  await isOver;
  expect(await echoOf(tunnels[0]!, 'their time is not')).toBe('their time is not');
  const closed = tunnels.map((tunnel) => new Promise((resolve) => tunnel.resume().once('close', resolve)));
  expect(await running.command('stop')).toMatchObject({ code: 0 });
  await Promise.all(closed);
});

async function echoOf(tunnel: net.Socket, text: string): Promise<string> {
  const answer = once(tunnel, 'data');
  tunnel.write(text);
  return String((await answer)[0]);
}

/** A server that sends back what comes after an upgrade. Returns its port. */
async function startEcho(): Promise<number> {
  const echo = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
      socket.pipe(socket);
    });
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  onTestFinished(() => void echo.close());
  return (echo.address() as net.AddressInfo).port;
}

it('says that a server already runs with its configuration', { timeout: 60_000 }, async () => {
  const running = await start(site('one'));
  for (const workers of [2, 0]) {
    await writeFile(running.config, `listen: 127.0.0.1:${running.port}\nworkers: ${workers}\n${site('one')}`);
    const { code, stderr } = await running.command('run');
    const pid = running.process.pid!;
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`already runs with ${running.config}, process ${pid}.`),
    ]);
  }
  expect(await body(running.port)).toBe('one');
});

/** A connection that an upstream has taken over. */
async function openTunnel(port: number): Promise<net.Socket> {
  const socket = net.connect(port, '127.0.0.1');
  socket.write('GET /echo HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
  expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 101 /);
  return socket;
}

it('changes nothing for a broken file, and says why: to the command, for SIGHUP, and in the status', {
  timeout: 60_000,
}, async () => {
  const running = await start(site('one'));
  await rewrite(running, 'sites: { a: { routes: [{ path: /, respnod: two }] } }\n');
  const refused = await running.command('reload');
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('Did you mean `respond`?') });
  expect(await body(running.port)).toBe('one');
  running.process.kill('SIGHUP');
  await until(() => running.output().split('The reload changed nothing').length === 3);
  expect((await running.command('status')).stdout).toMatch(
    /last reload +changed nothing: .*windhover\.yaml:4.*\n(?: .*\n)+ +Expected .*`respnod`.*Did you mean `respond`/,
  );
  const before = JSON.parse((await running.command('status', '--json')).stdout) as object;
  expect(before).toMatchObject({ edition: 1, listen: [{ host: '127.0.0.1', port: running.port }] });
  await rewrite(running, site('three'));
  running.process.kill('SIGHUP');
  await until(async () => (await body(running.port)) === 'three');
  const { stdout } = await running.command('status');
  expect(stdout).not.toContain('changed nothing');
  expect(stdout).toMatch(/configuration +.*, edition 2, since /); // what was refused does not count
  expect(stdout).toContain(`open           http://127.0.0.1:${running.port}/`);
});

it('opens and closes listeners and workers with the configuration', { timeout: 60_000 }, async () => {
  const running = await start(site('one'));
  const first = await running.workers();
  await writeFile(running.config, `listen: ["127.0.0.1:0", "[::1]:0"]\nworkers: 3\naccessLog: off\n${site('two')}`);
  expect((await running.command('reload')).code).toBe(0);
  const second = await running.workers();
  expect(second).toHaveLength(3);
  expect(second.map(({ pid }) => pid)).not.toContain(first[0]!.pid);
  await until(async () => (await body(running.port)) === 'two');
  const { listen } = JSON.parse((await running.command('status', '--json')).stdout) as {
    listen: Record<string, { host: string; port: number }>;
  };
  const added = Object.values(listen).find(({ host }) => host === '::1')!;
  expect((await curl(`http://[::1]:${added.port}/`)).body).toBe('two');
});

it('replaces a killed worker by one with the configuration in use, whatever the file says meanwhile', {
  timeout: 60_000,
}, async () => {
  const running = await start(site('one'));
  await rewrite(running, site('two'));
  await running.command('reload');
  await writeFile(running.config, 'nonsense');
  const { pid } = (await running.workers())[0]!;
  process.kill(pid, 'SIGKILL');
  await until(async () => {
    const workers = await running.workers();
    return workers[0]!.restarts === 1 && workers.every(({ state }) => state === 'ready');
  });
  const answers = await Promise.all(Array.from({ length: 20 }, () => body(running.port)));
  expect(new Set(answers)).toEqual(new Set(['two']));
});

it('has one writer for a log that all workers write, which SIGUSR1 opens again, and loses no line', {
  timeout: 60_000,
}, async () => {
  const running = await start(site('one'), '');
  const folder = running.folder;
  await writeFile(running.config, `listen: 127.0.0.1:0\nworkers: 2\naccessLog: ./access.log\n${site('one')}`);
  expect((await running.command('reload')).code).toBe(0);
  const clients = keepAsking(running.port, 8);
  await until(() => clients.tally.answered > 300);
  await rename(join(folder, 'access.log'), join(folder, 'old.log'));
  running.process.kill('SIGUSR1');
  const { answered } = clients.tally;
  await until(() => clients.tally.answered > answered + 300);
  await clients.stop();
  expect(await running.command('stop')).toMatchObject({ code: 0, stdout: 'Stopped.\n' });
  const lines = await Promise.all(['old.log', 'access.log'].map((name) => readFile(join(folder, name), 'utf8')));
  const all = lines.join('').split('\n').slice(0, -1);
  expect(all).toHaveLength(clients.tally.answered);
  expect(lines[1]!.length).toBeGreaterThan(0);
  expect(all.every((line) => / "GET \/ HTTP\/1\.1" 200 3 /.test(line))).toBe(true);
});

it('sums the metrics of all workers, and is ready when one of them is', { timeout: 60_000 }, async () => {
  const running = await start(site('one'), 'metrics: 127.0.0.1:0\n');
  const metrics = Number(/metrics +http:\/\/127\.0\.0\.1:(\d+)\//.exec(running.output())![1]);
  const clients = keepAsking(running.port, 16);
  await until(() => clients.tally.answered > 100);
  await clients.stop();
  const text = (await curl(`http://127.0.0.1:${metrics}/metrics`)).body;
  const counts = [...text.matchAll(/^windhover_http_requests_total\{.*\} (\d+)$/gm)].map(([, count]) => Number(count));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(clients.tally.answered);
  expect((await curl(`http://127.0.0.1:${metrics}/health/ready`)).status).toBe(200);
});

it('counts on in the metrics when workers are replaced or killed', { timeout: 60_000 }, async () => {
  const running = await start(site('one'), 'metrics: 127.0.0.1:0\n');
  const metrics = Number(/metrics +http:\/\/127\.0\.0\.1:(\d+)\//.exec(running.output())![1]);
  const clients = keepAsking(running.port, 16);
  await until(() => clients.tally.answered > 100);
  await clients.stop();
  const requests = async (): Promise<number> => {
    const text = (await curl(`http://127.0.0.1:${metrics}/metrics`)).body;
    const counts = [...text.matchAll(/^windhover_http_requests_total\{.*\} (\d+)$/gm)].map(([, count]) =>
      Number(count),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  };
  expect((await running.command('reload', '--workers')).code).toBe(0);
  await until(async () => (await requests()) === clients.tally.answered);
  await body(running.port);
  expect(await requests()).toBe(clients.tally.answered + 1);
  for (const { pid } of await running.workers()) process.kill(pid, 'SIGKILL');
  await until(async () =>
    (await running.workers()).every(({ state, restarts }) => state === 'ready' && restarts === 1),
  );
  expect(await requests()).toBe(clients.tally.answered + 1);
});

it('takes a changed file by itself where that is asked for', { timeout: 60_000 }, async () => {
  const running = await start(site('one'), 'watch: true\n');
  await rewrite(running, site('two'), 'watch: true\n');
  await until(async () => (await body(running.port)) === 'two');
});

it('watches files from a reload on that asks for it, and new files that it includes', { timeout: 60_000 }, async () => {
  const running = await start(site('one'));
  await mkdir(join(running.folder, 'sites'));
  await writeFile(join(running.folder, 'sites/a.yaml'), site('one'));
  await rewrite(running, 'include: sites/*.yaml\n', 'watch: true\n');
  expect((await running.command('reload')).code).toBe(0);
  const more = (answer: string): Promise<void> =>
    writeFile(
      join(running.folder, 'sites/b.yaml'),
      `defaultSite: b\nsites: { b: { hosts: b.example, routes: [{ path: /, respond: ${answer} }] } }\n`,
    );
  await writeFile(
    join(running.folder, 'sites/a.yaml'),
    'sites: { a: { hosts: a.example, routes: [{ path: /, respond: a }] } }',
  );
  await more('[broken');
  await until(() => running.output().includes('The reload changed nothing'));
  await more('new');
  await until(async () => (await body(running.port)) === 'new');
  await more('changed');
  await until(async () => (await body(running.port)) === 'changed');
});

it('ends with 143 when a second signal ended it at once', { timeout: 60_000 }, async () => {
  const upstream = net.createServer();
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  onTestFinished(() => void upstream.close());
  const { port } = upstream.address() as net.AddressInfo;
  const running = await start(`sites: { a: { routes: [{ path: /, proxy: "http://127.0.0.1:${port}" }] } }\n`);
  const client = net.connect(running.port, '127.0.0.1').on('error', () => undefined);
  onTestFinished(() => void client.destroy());
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  const [socket] = (await once(upstream, 'connection')) as [net.Socket];
  socket.on('error', () => undefined);
  const ended = once(running.process, 'exit');
  running.process.kill('SIGTERM');
  await until(async () => (await running.workers()).every(({ state }) => state === 'stopping' || state === 'stopped'));
  running.process.kill('SIGTERM');
  expect(await ended).toEqual([143, null]);
});

it('opens no debugger for a SIGUSR1 that reaches all processes', { timeout: 60_000 }, async () => {
  const running = await start(site('one'));
  for (const { pid } of await running.workers()) process.kill(pid, 'SIGUSR1');
  running.process.kill('SIGUSR1');
  expect(await running.command('stop')).toMatchObject({ code: 0 });
  expect(running.output()).not.toContain('Debugger');
});

it('says which server is not running, and ends with 2 when its configuration is wrong', {
  timeout: 60_000,
}, async () => {
  const folder = await temporaryFolder();
  const config = join(folder, 'windhover.yaml');
  await writeFile(config, 'sites: { a: { routes: [{ path: /, respnod: two }] } }\n');
  for (const command of ['reload', 'stop', 'status']) {
    const { code, stderr } = await execute(process.execPath, [program, command, '-c', config]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`No server of this user runs with ${config}`)]);
  }
  const missing = join(folder, 'none.yaml');
  for (const command of ['reload', 'status']) {
    const { stderr } = await execute(process.execPath, [program, command, '-c', missing]);
    expect(stderr).toBe(`There is no file ${missing}, and no server of this user that was started with it.\n`);
  }
  const { code, stderr } = await execute(process.execPath, [program, 'run', '-c', config]);
  expect([code, stderr.match(/Did you mean `respond`/g)]).toEqual([2, ['Did you mean `respond`']]);
});

it('is found by every name of its configuration', { timeout: 60_000 }, async () => {
  const running = await start(site('one'));
  const link = join(await temporaryFolder(), 'link.yaml');
  await symlink(running.config, link);
  const status = await execute(process.execPath, [program, 'status', '--json', '-c', link]);
  expect(JSON.parse(status.stdout)).toMatchObject({ pid: running.process.pid, config: running.config });
  expect(await execute(process.execPath, [program, 'stop', '-c', link])).toMatchObject({ code: 0 });
});

it('says in one line that the address for metrics is taken', { timeout: 60_000 }, async () => {
  const { port } = await startUpstream((_request, response) => response.end());
  const config = join(await temporaryFolder(), 'windhover.yaml');
  await writeFile(config, `listen: 127.0.0.1:0\nmetrics: 127.0.0.1:${port}\n${site('one')}`);
  const { code, stderr } = await execute(process.execPath, [program, 'run', '-c', config]);
  expect([code, stderr]).toEqual([
    1,
    `Another process listens there: 127.0.0.1:${port}. Stop that process, or choose another port (0 takes any free one).\n`,
  ]);
});

it('says that a server which hangs does not answer, and does not take it for one that is gone', {
  timeout: 60_000,
}, async () => {
  const running = await start(site('one'));
  running.process.kill('SIGSTOP');
  onTestFinished(() => void running.process.kill('SIGCONT'));
  const { code, stderr } = await running.command('status');
  expect([code, stderr]).toEqual([1, expect.stringContaining('The server does not answer.')]);
});

it('refuses a pipe in place of its configuration, and takes the next file', { timeout: 60_000 }, async () => {
  const running = await start(site('one'));
  await rm(running.config);
  await execute('mkfifo', [running.config]);
  expect(await running.command('reload')).toMatchObject({ code: 1, stderr: expect.stringContaining('found a pipe') });
  await rm(running.config);
  await rewrite(running, site('two'));
  expect((await running.command('reload')).code).toBe(0);
  expect(await body(running.port)).toBe('two');
});

it.skipIf(!hasPeer('systemd-socket-activate'))(
  'takes the sockets that systemd has opened for the listeners that they are named after',
  { timeout: 60_000 },
  async () => {
    const folder = await temporaryFolder();
    const config = join(folder, 'windhover.yaml');
    const path = join(folder, 'activated.sock');
    // The file exists already: without the inherited socket the start would fail.
    await writeFile(config, `listen: "unix:${path}"\naccessLog: off\n${site('activated')}`);
    const activate = ['-l', path, `--fdname=${path}`, process.execPath, program, 'run', '-c', config];
    const child = spawn('systemd-socket-activate', activate, { stdio: 'ignore' });
    onTestFinished(async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    });
    await until(() => existsSync(path));
    expect((await curl('--unix-socket', path, 'http://a/')).body).toBe('activated');
    const { code } = await execute(process.execPath, [program, 'reload', '-c', config]);
    expect(code).toBe(0);
    expect((await curl('--unix-socket', path, 'http://a/')).body).toBe('activated');
  },
);
