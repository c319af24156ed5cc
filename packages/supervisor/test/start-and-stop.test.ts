import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { keepAsking } from '../../../scripts/lib/load-clients.ts';
import { bindUnix } from '../src/lib/bind-handle.ts';
import { Child } from './child.ts';
import { isAlive, makePrograms, makeSupervisor, type Programs, pids, startSupervisor, until } from './programs.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await makePrograms();
});
afterEach(() => programs.behave(''));
afterAll(() => programs.remove());

/** A port that another server listens on, for one test. */
async function busyPort(): Promise<{ port: number; close(): void }> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as net.AddressInfo).port, close: () => server.close() };
}

describe('start()', () => {
  it('gives every worker every listener', async () => {
    const path = join(programs.folder, 'all.sock');
    const { supervisor, port } = await startSupervisor(programs, {
      listen: { web: { host: '127.0.0.1', port: 0 }, six: { host: '::1', port: 0 }, unix: { path, mode: 0o640 } },
    });
    const six = supervisor.status().listen['six'] as { port: number };
    for (const address of [{ port, host: '127.0.0.1' }, { port: six.port, host: '::1' }, { path }]) {
      const socket = net.connect(address as net.NetConnectOpts).setEncoding('latin1');
      socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      let answer = '';
      for await (const chunk of socket) answer += chunk;
      expect(answer).toMatch(/^HTTP\/1.1 200 /);
    }
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    await supervisor.stop();
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('says that a port is busy, and leaves nothing behind', async () => {
    const busy = await busyPort();
    const path = join(programs.folder, 'half.sock');
    const { supervisor } = makeSupervisor(programs, {
      listen: { unix: { path }, web: { host: '127.0.0.1', port: busy.port } },
    });
    await expect(supervisor.start()).rejects.toMatchObject({
      code: 'SUPERVISOR_PORT_IN_USE',
      message: expect.stringContaining(`listen.web, 127.0.0.1:${busy.port}. Stop that process`),
    });
    busy.close();
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(supervisor.status()).toMatchObject({ state: 'stopped', listen: {}, slots: [{ pid: null }, { pid: null }] });
  });

  it('refuses the port of another supervisor, though the system would let both have it', async () => {
    const { port } = await startSupervisor(programs);
    const { supervisor } = makeSupervisor(programs, { listen: { web: { host: '127.0.0.1', port } } });
    await expect(supervisor.start()).rejects.toMatchObject({ code: 'SUPERVISOR_PORT_IN_USE' });
  });

  it.each([
    ['crash', /exit code 3.*\nMissing DATABASE_URL/],
    ['throw', /exit code 1[\s\S]*TypeError: broken on purpose/],
    ['never-ready', /it was not ready within 2000 ms \(signal SIGKILL\); it wrote nothing to stderr/],
  ] as const)('rejects with the reason of a worker that does not become ready: %s', async (how, reason) => {
    await programs.behave(how);
    const { supervisor } = makeSupervisor(programs, { readyTimeoutMs: 2000 });
    const start = supervisor.start();
    start.catch(() => undefined);
    await until(() => supervisor.status().slots.some(({ pid }) => pid !== null));
    const { port } = supervisor.status().listen['web'] as { port: number };
    await expect(start).rejects.toMatchObject({
      code: 'SUPERVISOR_WORKER_FAILED',
      message: expect.stringMatching(reason),
    });
    await expect(start).rejects.toThrow('ready: the start of all 2 was given up, because it ');
    expect(supervisor.status()).toMatchObject({ state: 'stopped', slots: [{ pid: null }, { pid: null }] });
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow();
  });

  it('tells once what all workers say before they fail', async () => {
    await programs.behave('throw');
    const options = JSON.stringify({ ...programs.options, workers: 4 });
    const child = new Child(process.execPath, [programs.supervisor, options]);
    const { message } = JSON.parse(await child.line('FAILED')) as { message: string };
    await child.exited;
    expect(message).toContain('the start of all 4 was given up, because it ended with exit code 1');
    expect(child.output.match(/^TypeError: broken on purpose$/gm)).toHaveLength(1);
  });

  it('says so when the file of the worker is missing', async () => {
    const { supervisor } = makeSupervisor(programs, { worker: join(programs.folder, 'missing.mjs') });
    await expect(supervisor.start()).rejects.toThrow(/exit code 1[\s\S]*Cannot find module/);
  });

  it('goes on trying, if it shall', async () => {
    await programs.behave('crash');
    const { supervisor } = makeSupervisor(programs, { retryStart: true, backoff: { initialMs: 1, maxMs: 10 } });
    const start = supervisor.start();
    await until(() => supervisor.status().slots.every(({ restarts }) => restarts >= 2));
    await programs.behave('');
    await start;
    expect(supervisor.status()).toMatchObject({ state: 'running', slots: [{ state: 'ready' }, { state: 'ready' }] });
  });

  it('can be stopped while it goes on trying', async () => {
    await programs.behave('crash');
    const { supervisor } = makeSupervisor(programs, { retryStart: true, backoff: { initialMs: 1, maxMs: 10 } });
    const start = supervisor.start();
    start.catch(() => undefined);
    await until(() => supervisor.status().slots.every(({ restarts }) => restarts >= 1));
    await supervisor.stop();
    await expect(start).rejects.toMatchObject({ code: 'SUPERVISOR_STOPPED' });
    expect(supervisor.status().slots.map(({ state, pid }) => [state, pid])).toEqual([
      ['stopped', null],
      ['stopped', null],
    ]);
  });

  it('can be stopped while it starts', async () => {
    await programs.behave('never-ready');
    const { supervisor } = makeSupervisor(programs);
    const start = supervisor.start();
    start.catch(() => undefined);
    await until(() => supervisor.status().slots.every(({ pid }) => pid !== null));
    const [first, second] = pids({ supervisor });
    await supervisor.stop();
    await expect(start).rejects.toMatchObject({ code: 'SUPERVISOR_STOPPED' });
    expect([isAlive(first!), isAlive(second!)]).toEqual([false, false]);
  });

  it('can be stopped before it has opened anything', async () => {
    const { supervisor } = makeSupervisor(programs, { listen: { web: { host: 'localhost', port: 0 } } });
    const start = supervisor.start();
    await Promise.all([supervisor.stop(), expect(start).rejects.toMatchObject({ code: 'SUPERVISOR_STOPPED' })]);
    expect(supervisor.status()).toMatchObject({ state: 'stopped', listen: {}, slots: [{ pid: null }, { pid: null }] });
  });
});

describe('a Unix socket', () => {
  it('replaces a socket file only if no process listens on it any more', async () => {
    const path = join(programs.folder, 'stale.sock');
    const crash = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    const { spawnSync } = await import('node:child_process');
    spawnSync(process.execPath, ['-e', crash]);
    expect((await stat(path)).isSocket()).toBe(true);
    await startSupervisor(programs, { listen: { web: { host: '127.0.0.1', port: 0 }, unix: { path } } });
    const second = makeSupervisor(programs, { listen: { unix: { path } } });
    await expect(second.supervisor.start()).rejects.toMatchObject({ code: 'SUPERVISOR_PORT_IN_USE' });
    const third = makeSupervisor(programs, { listen: { unix: { path: programs.worker } } });
    await expect(third.supervisor.start()).rejects.toMatchObject({ code: 'SUPERVISOR_PORT_IN_USE' });
    expect((await stat(programs.worker)).isFile()).toBe(true);
  });

  // Other systems do not tell the two apart.
  it.runIf(process.platform === 'linux')('leaves one alone that is bound and does not listen yet', async () => {
    const path = join(programs.folder, 'about to.sock');
    const other = bindUnix(path); // as held by another supervisor whose workers are starting
    for (const options of [{ controlPath: path }, { listen: { unix: { path } } }]) {
      const { supervisor } = makeSupervisor(programs, options);
      await expect(supervisor.start()).rejects.toMatchObject({ code: expect.stringMatching(/CONTROL_FAILED|IN_USE/) });
      expect((await stat(path)).isSocket()).toBe(true);
    }
    other.close();
  });

  it.each([
    ['x'.repeat(200), /longer than 10\d bytes/],
    ['no-such-folder/s', /ENOENT/],
  ])('says what is wrong with its path: %s', async (name, message) => {
    const { supervisor } = makeSupervisor(programs, { listen: { unix: { path: join(programs.folder, name) } } });
    await expect(supervisor.start()).rejects.toMatchObject({
      code: 'SUPERVISOR_BIND_FAILED',
      message: expect.stringMatching(message),
    });
  });
});

describe('a path that is taken by something else', () => {
  it.each(['a folder', 'a file'])('is refused, and %s keeps its permissions', async (what) => {
    const path = await mkdtemp(join(tmpdir(), 'taken-'));
    if (what === 'a file') {
      await rm(path, { recursive: true });
      await writeFile(path, 'precious');
    }
    await chmod(path, 0o755);
    for (const options of [{ controlPath: path }, { listen: { unix: { path, mode: 0o600 } } }]) {
      const { supervisor } = makeSupervisor(programs, options);
      await expect(supervisor.start()).rejects.toMatchObject({ code: expect.stringMatching(/CONTROL_FAILED|IN_USE/) });
      expect((await stat(path)).mode & 0o777).toBe(0o755);
    }
    await rm(path, { recursive: true });
  });
});

describe.runIf(process.getuid?.() === 0)('start() without the right', () => {
  it('says so', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'closed-'));
    await chmod(folder, 0o755); // for others to look at
    await chmod(programs.folder, 0o755);
    const options = JSON.stringify({ worker: programs.worker, listen: { unix: { path: join(folder, 's') } } });
    const child = new Child(process.execPath, [programs.supervisor, options], { uid: 65_534, gid: 65_534, cwd: '/' });
    expect(JSON.parse(await child.line('FAILED'))).toMatchObject({
      code: 'SUPERVISOR_PERMISSION',
      message: expect.stringContaining('Give this user the right to write to the folder'),
    });
    await rm(folder, { recursive: true });
  });
});

describe('stop()', () => {
  it('loses no request that has begun, and refuses those that come after', async () => {
    const started = await startSupervisor(programs);
    const clients = keepAsking(started.port, 32);
    await until(() => clients.tally.answered > 500);
    const stopped = started.supervisor.stop();
    await until(() => clients.tally.refused > 0);
    await Promise.all([clients.stop(), stopped]);
    // A client that connects at this very moment may be connected and then reset, because nobody had accepted it.
    expect(clients.tally.servedBy).toEqual([]);
  });

  it('kills a worker that does not stop in time', async () => {
    await programs.behave('stuck');
    const started = await startSupervisor(programs, { stopTimeoutMs: 300 });
    const { supervisor } = started;
    const [first, second] = pids(started);
    await supervisor.stop();
    const { slots } = supervisor.status();
    expect(slots.map(({ lastExit }) => lastExit?.signal)).toEqual(['SIGKILL', 'SIGKILL']);
    expect(slots[0]!.lastExit!.reason).toBe('it did not stop within 300 ms');
    expect(new Set(started.logged.slice(1))).toEqual(
      new Set([
        `Worker ${first} of slot 0 was killed: it did not stop within 300 ms`,
        `Worker ${second} of slot 1 was killed: it did not stop within 300 ms`,
      ]),
    );
  });

  it('kills a worker that hears nothing, and at once if it is told so meanwhile', async () => {
    const started = await startSupervisor(programs, { workers: 1, stopTimeoutMs: 600_000 });
    fetch(`http://127.0.0.1:${started.port}/hang`).catch(() => undefined);
    await until(
      async () => (await Promise.race([fetch(`http://127.0.0.1:${started.port}/`), delay(100)])) === undefined,
    );
    const stopped = started.supervisor.stop();
    await started.supervisor.stop({ timeoutMs: 0 });
    await stopped;
    expect(started.supervisor.status().slots[0]!.lastExit).toMatchObject({
      signal: 'SIGKILL',
      reason: 'it was stopped at once',
    });
    expect(started.logged).toEqual(['All workers are ready']); // a kill on request is not logged
  });

  it('ends old workers that are still finishing after a reload', async () => {
    await programs.behave('stuck');
    const started = await startSupervisor(programs, { workers: 1, stopTimeoutMs: 600_000 });
    const [old] = pids(started);
    await programs.behave('');
    await started.supervisor.reload();
    expect(started.supervisor.status().slots[0]!.draining).toEqual([old]);
    await started.supervisor.stop({ timeoutMs: 100 });
    expect(isAlive(old!)).toBe(false);
    expect(
      started.logged.filter((line) => line.startsWith(`Worker ${old} of slot 0 was killed: it did not`)),
    ).toHaveLength(1);
  });
});
