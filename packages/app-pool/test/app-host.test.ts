import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { application, buildOwner, guardsOf, isAlive, programs, startHost, until } from './app-fixtures.ts';

it('runs a program on a Unix socket, and takes its output line by line', async () => {
  const { ask, lines, status, host } = startHost(application());
  expect(Number(await ask())).toBe(status().instances[0]!.pid);
  await until(() => lines.includes('a line of stderr'));
  await until(() => host.lastLines('shop', 10).some(({ line }) => line === 'starting'));
});

it.each([
  ['a Node program on a port', { listen: 'port' as const }, '/', /^[0-9]+$/],
  ['a shell that starts it', { command: ['/bin/sh', '-c', 'node server.mjs; echo done'] }, '/', /^[0-9]+$/],
])('runs %s', async (_, more, path, expected) => {
  const { ask } = startHost(application(more));
  expect(await ask(path)).toMatch(expected);
});

describe.skipIf(!hasPeer('python3'))('Python', () => {
  it.each([
    [
      'http.server',
      ['python3', '-m', 'http.server', '--bind', '127.0.0.1', '{port}'],
      '/',
      '/wsgi.py',
      /simple_server/,
    ],
    ['a WSGI application', ['python3', 'wsgi.py'], null, '/x', /^wsgi \/x$/],
  ])('runs %s', async (_, command, ready, path, expected) => {
    const { ask } = startHost(application({ command, listen: 'port', ready: { path: ready, notice: false } }));
    expect(await ask(path)).toMatch(expected);
  });
});

describe('a program that says when it is ready', () => {
  const ready = { path: '/', notice: true };

  it('gets no requests before it has written a line to its descriptor', async () => {
    const waits = 'node server.mjs & read -r _ <"$FIFO"; printf "\\n" >&$WINDHOVER_READY_FD; wait';
    const fifo = join(await mkdtemp(join(tmpdir(), 'ready-')), 'go');
    execFileSync('mkfifo', [fifo]);
    const { view, lines, status } = startHost(
      application({ command: ['/bin/sh', '-c', waits], env: { FIFO: fifo }, ready }),
    );
    await until(() => lines.includes('listening')); // it would answer the probe from now on
    expect([status().instances[0]!.stage, view.isOpen]).toEqual(['starting', false]);
    await writeFile(fifo, 'go\n');
    await until(() => view.isOpen);
  });

  it('is started again when it ends without it', async () => {
    const settings = { backoff: { initialMs: 1, maxMs: 5 } };
    const { host } = startHost(application({ command: ['/bin/sh', '-c', 'exec 3>&-; exit 0'], ready }, settings));
    await until(() => host.status[0]!.phase === 'failed');
  });

  it('is killed when it does not within the startup limit', async () => {
    const silent = application({ ready }, { startupMs: 300, backoff: { initialMs: 60_000, maxMs: 60_000 } });
    const { host } = startHost(silent);
    await until(() => host.status[0]!.lastFailure === 'signal SIGKILL');
  });
});

it('gives it a folder, an environment and its own variables', async () => {
  const { ask } = startHost(application({ env: { GREETING: 'hello', URL: 'http://unix:{socket}' } }));
  const seen = JSON.parse(await ask('/env')) as Record<string, string>;
  expect(seen).toMatchObject({ GREETING: 'hello', WINDHOVER_APP: 'shop', cwd: programs.replace(/\/$/, '') });
  expect(seen['URL']).toBe(`http://unix:${seen['WINDHOVER_SOCKET']}`);
  expect(seen['WINDHOVER_SOCKET']).toMatch(/app\.sock$/);
  expect(seen['PORT']).toBe(seen['WINDHOVER_SOCKET']);
});

it('ends everything that a program has started, also what has left its group', async () => {
  const { host, lines, view } = startHost(application({ env: { FORKS: '1' } }));
  await until(() => view.isOpen && lines.some((line) => line.startsWith('forked')));
  const pids = lines
    .find((line) => line.startsWith('forked'))!
    .split(' ')
    .slice(1)
    .map(Number);
  expect(await Promise.all(pids.map(isAlive))).toEqual([true, true]);
  await host.stop('shop');
  expect(host.status[0]).toMatchObject({ phase: 'stopped', instances: [] });
  await until(async () => !(await Promise.all(pids.map(isAlive))).includes(true));
});

it.each(['SIGKILL', 'SIGTERM'] as const)('ends with its owner, which %s ends without a word', async (signal) => {
  const { settings, ...definition } = application({ env: { FORKS: '1' } });
  const owner = spawn(process.execPath, [await buildOwner(), JSON.stringify(definition)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void owner.kill('SIGKILL'));
  let output = '';
  owner.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await until(() => output.includes('forked'));
  const pids = /forked (\d+) (\d+)/.exec(output)!.slice(1).map(Number);
  expect(await Promise.all(pids.map(isAlive))).toEqual([true, true]);
  const ended = once(owner, 'exit');
  owner.kill(signal);
  await ended;
  await until(async () => !(await Promise.all(pids.map(isAlive))).includes(true));
});

it('starts another after a crash; only the requests of the one that crashed fail', async () => {
  const { ask, status, lines } = startHost(application({}, { backoff: { initialMs: 10 } }));
  const before = await ask();
  await expect(ask('/crash')).rejects.toThrow();
  await until(() => status().failures === 1);
  expect(await ask()).not.toBe(before);
  expect(lines.some((line) => line.includes('exit code 3'))).toBe(true);
});

it('gives up one that always fails, says so once, and starts it again when asked', async () => {
  const failing = application(
    { command: ['/bin/sh', '-c', 'echo no; exit 7'] },
    { backoff: { initialMs: 1, maxMs: 5 } },
  );
  const { host, lines, view } = startHost(failing);
  await until(() => host.status[0]!.phase === 'failed');
  expect(lines.filter((line) => line.includes('not started again'))).toHaveLength(1);
  expect(lines.filter((line) => line === 'no')).toHaveLength(5);
  expect(view.refusal).toMatchObject({ status: 503, code: 'APP_FAILED' });
  host.define(failing);
  await until(() => lines.filter((line) => line === 'no').length === 10);
});

it('answers a stop that a start overtakes, and runs', async () => {
  const slow = 'trap "sleep 1; exit" TERM; while :; do sleep 0.1; done';
  const { host } = startHost(application({ command: ['/bin/sh', '-c', slow] }));
  await until(() => host.status[0]!.instances.length === 1);
  const first = host.status[0]!.instances[0]!.id;
  const stopped = host.stop('shop');
  host.start('shop');
  await stopped;
  await until(() => host.status[0]!.instances.some(({ id }) => id !== first));
});

it('says what is wrong with a program that does not exist', async () => {
  const { host, lines } = startHost(
    application({ command: ['there-is-no-such-program'] }, { backoff: { initialMs: 1 } }),
  );
  await until(() => host.status[0]!.phase === 'failed');
  expect(lines.at(-1)).toMatch(/could not be started.*ENOENT/);
});

it('is recycled again and again under load without losing a request, slow ones too', { timeout: 60_000 }, async () => {
  const { host, ask, view } = startHost(application({ warmUp: ['/', '/hits'] }, { instances: 2 }));
  let isOver = false;
  const answers = new Set<string>();
  const failed: unknown[] = [];
  const client = async (path: string): Promise<void> => {
    while (!isOver)
      await ask(path).then(
        (answer) => answers.add(answer),
        (error: unknown) => failed.push(error),
      );
  };
  const clients = ['/', '/', '/', '/slow', '/slow'].map(client);
  for (let round = 0; round < 5; round++) {
    await until(() => view.isOpen && host.status[0]!.instances.every(({ stage }) => stage === 'ready'));
    const before = host.status[0]!.instances.map(({ id }) => id);
    host.recycle('shop');
    await until(() => !host.status[0]!.instances.some(({ id }) => before.includes(id)));
  }
  isOver = true;
  await Promise.all(clients);
  expect(failed).toEqual([]);
  expect([...answers].filter((answer) => !answer.startsWith('slow')).length).toBeGreaterThanOrEqual(8);
});

it('warms an instance up before it gets requests', async () => {
  const { ask } = startHost(application({ warmUp: ['/a', '/b', '/c'] }));
  expect(await ask('/hits')).toBe('5'); // the probe, three pages and this one
});

it('replaces one that uses too much memory', { timeout: 60_000 }, async () => {
  const { ask, lines } = startHost(application({}, { recycle: { memoryBytes: 250 * 2 ** 20 } }));
  const before = await ask();
  for (let round = 0; round < 4; round++) await ask('/leak');
  await until(async () => (await ask()) !== before);
  expect(lines.some((line) => /replaced: it uses [0-9]+ MiB of memory/.test(line))).toBe(true);
});

it('replaces one after a number of requests', async () => {
  const { ask } = startHost(application({}, { recycle: { requests: 20 } }));
  const before = await ask();
  await until(async () => (await ask()) !== before);
});

it('kills one that hangs, and starts another', async () => {
  const { ask, status } = startHost(
    application({ ping: { everyMs: 50, timeoutMs: 300 } }, { backoff: { initialMs: 1 } }),
  );
  const before = await ask();
  await expect(ask('/hang')).rejects.toThrow();
  await until(() => status().failures === 1);
  expect(await ask()).not.toBe(before);
});

it('starts with the first request, and ends when nobody has used it', async () => {
  const { ask, status } = startHost(application({}, { start: 'on-request', idleStopMs: 300 }));
  expect(status()).toMatchObject({ phase: 'idle', instances: [] });
  expect(await ask()).toMatch(/^[0-9]+$/);
  await until(() => status().phase === 'idle' && status().instances.length === 0);
  expect(await ask()).toMatch(/^[0-9]+$/);
});

it('keeps an unchanged application over a reload, recycles a changed one, and ends one that is gone', async () => {
  const { host, ask, status } = startHost(application());
  const first = await ask();
  host.apply([application()]);
  expect(await ask()).toBe(first);
  host.apply([application({ env: { GREETING: 'changed' } })]);
  await until(async () => (await ask()) !== first);
  expect(JSON.parse(await ask('/env'))).toMatchObject({ GREETING: 'changed' });
  const pid = status().instances.at(-1)!.pid!;
  host.apply([]);
  await until(async () => !(await isAlive(pid)));
  expect(host.status).toEqual([]);
});

it.runIf(process.getuid?.() === 0)('runs as another user, who reaches its own socket', async () => {
  const { ask } = startHost(application({ command: ['node', 'server.mjs'], cwd: programs, user: 'nobody' }));
  const seen = JSON.parse(await ask('/env')) as Record<string, unknown>;
  expect(seen['uid']).toBe(65_534);
});

it('kills what does not end within the shutdown limit', async () => {
  const stubborn = application(
    {
      command: ['/bin/sh', '-c', "trap '' TERM; node server.mjs & while :; do sleep 1; done"],
    },
    { shutdownMs: 300 },
  );
  const { host, lines, view } = startHost(stubborn);
  await until(() => view.isOpen);
  await host.stop('shop');
  expect(lines).toContain('An instance is killed: it did not end within the shutdown limit');
});

it('replaces a guard that is killed, which then still ends everything', async () => {
  const { settings, ...definition } = application({ env: { FORKS: '1' } });
  const owner = spawn(process.execPath, [await buildOwner(), JSON.stringify(definition)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void owner.kill('SIGKILL'));
  let output = '';
  owner.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await until(() => output.includes('forked'));
  const pids = /forked (\d+) (\d+)/.exec(output)!.slice(1).map(Number);
  const guards = await guardsOf(owner.pid!);
  expect(guards).toHaveLength(1);
  process.kill(guards[0]!, 'SIGKILL');
  await until(async () => (await guardsOf(owner.pid!)).some((pid) => pid !== guards[0]));
  owner.kill('SIGKILL');
  await until(async () => !(await Promise.all(pids.map(isAlive))).includes(true));
});

it('is said to restart while it crashes, and counts its failures from the last start, recycle or change on', async () => {
  const slow = { rapidFail: null, backoff: { initialMs: 3_600_000, maxMs: 3_600_000, resetMs: 1000 } };
  const crashing = application({ command: [process.execPath, '-e', 'process.exit(3)'] }, slow);
  const { host, status } = startHost(crashing);
  const failed = () => until(() => status().failures === 1);
  await failed();
  expect(status()).toMatchObject({ phase: 'restarting', instances: [], lastFailure: expect.stringContaining('3') });
  await host.stop('shop');
  expect(status()).toMatchObject({ phase: 'stopped', failures: 1 });
  host.start('shop');
  expect(status()).toMatchObject({ phase: 'running', failures: 0, lastFailure: null });
  await failed();
  host.define({ ...crashing, env: { CHANGED: '1' } });
  expect(status()).toMatchObject({ failures: 0 });
  await failed();
  host.recycle('shop');
  expect(status()).toMatchObject({ failures: 0 });
});
