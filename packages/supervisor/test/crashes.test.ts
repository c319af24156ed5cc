import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { keepAsking, keepConnecting } from '../../../scripts/lib/load-clients.ts';
import { controlSupervisor, type SupervisorStatus } from '../src/index.ts';
import { canReusePort } from '../src/lib/bind-handle.ts';
import { Child } from './child.ts';
import { isAlive, makePrograms, type Programs, pids, startSupervisor, until } from './programs.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await makePrograms();
});
afterEach(() => programs.behave(''));
afterAll(() => programs.remove());

describe('a worker that ends by itself', () => {
  it('costs the requests it had, when it is killed under load, and is replaced', async () => {
    const started = await startSupervisor(programs, { backoff: { resetMs: 0 } });
    const clients = keepAsking(started.port, 32);
    const fresh = keepConnecting(started.port, 4);
    await until(() => clients.tally.answered > 500 && fresh.tally.answered > 50);
    const [first, second] = pids(started);
    process.kill(first!, 'SIGKILL');
    await until(() => started.supervisor.status().slots[0]!.state !== 'ready');
    await until(() => started.supervisor.status().slots[0]!.state === 'ready');
    const before = clients.tally.answered;
    await until(() => clients.tally.answered > before + 500);
    await Promise.all([clients.stop(), fresh.stop()]);
    expect(pids(started)[1]).toBe(second);
    expect(pids(started)[0]).not.toBe(first);
    expect(started.supervisor.status().slots[0]).toMatchObject({
      restarts: 1,
      lastExit: { code: null, signal: 'SIGKILL' },
    });
    expect(clients.tally.refused).toBe(0);
    // At most one request was under way on each connection, and only on those of the worker that died.
    expect(clients.tally.lost).toBeLessThanOrEqual(32);
    expect(clients.tally.servedBy.filter((pid) => pid !== first)).toEqual([]);
    expect(fresh.tally.refused).toBe(0);
    expect(fresh.tally.lost).toBeLessThanOrEqual(4);
  });

  it('keeps what waits in the queue of a single worker', async () => {
    const started = await startSupervisor(programs, { workers: 1, backoff: { resetMs: 0 } });
    process.kill(pids(started)[0]!, 'SIGSTOP'); // no worker accepts
    const waiting = Array.from({ length: 8 }, () => {
      const socket = net.connect(started.port, '127.0.0.1');
      socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      return { connected: once(socket, 'connect'), answer: text(socket) };
    });
    await Promise.all(waiting.map(({ connected }) => connected));
    process.kill(pids(started)[0]!, 'SIGKILL');
    const answers = await Promise.all(waiting.map(({ answer }) => answer));
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });

  it('waits longer from one crash to the next, up to the limit, and is never given up', async () => {
    const { supervisor, logged } = await startSupervisor(programs, {
      workers: 1,
      backoff: { initialMs: 1, maxMs: 4, resetMs: 60_000 },
    });
    await programs.behave('crash');
    process.kill(supervisor.status().slots[0]!.pid!, 'SIGKILL');
    await until(() => supervisor.status().slots[0]!.restarts >= 5);
    const delays = logged
      .map((line) => /is started in (\d+) ms/.exec(line)?.[1])
      .filter((delay) => delay !== undefined);
    expect(delays.slice(0, 5)).toEqual(['1', '2', '4', '4', '4']);
    expect(logged.at(-1)).toContain('exit code 3');
    expect(supervisor.status().slots[0]!.lastExit).toMatchObject({ code: 3, stderr: ['Missing DATABASE_URL'] });
    await programs.behave('');
    await until(() => supervisor.status().slots[0]!.state === 'ready');
  });

  it.runIf(canReusePort())('leaves new connections to the other slots while it waits', async () => {
    const started = await startSupervisor(programs, { backoff: { initialMs: 60_000, maxMs: 60_000, resetMs: 60_000 } });
    process.kill(pids(started)[0]!, 'SIGKILL');
    await until(() => started.supervisor.status().slots[0]!.state === 'waiting');
    for (let count = 0; count < 64; count++) {
      const answer = await fetch(`http://127.0.0.1:${started.port}/`, { headers: { connection: 'close' } });
      expect(await answer.text()).toMatch(/ 1 1\n$/);
    }
  });

  it('may write what it likes into its channel', async () => {
    const started = await startSupervisor(programs, { workers: 1 });
    const before = pids(started);
    const answer = await fetch(`http://127.0.0.1:${started.port}/garbage`);
    expect(await answer.text()).toContain(String(before[0]));
    await started.supervisor.reload();
    await until(() => !isAlive(before[0]!));
    expect(started.supervisor.status().slots[0]).toMatchObject({ state: 'ready', generation: 2, restarts: 0 });
  });

  it('may flood its channel without holding up other workers', async () => {
    const started = await startSupervisor(programs, { workers: 2, ping: { intervalMs: 100, timeoutMs: 10_000 } });
    const flooding = Number.parseInt(await (await fetch(`http://127.0.0.1:${started.port}/flood`)).text(), 10);
    for (let count = 0; count < 50; count++) await fetch(`http://127.0.0.1:${started.port}/`);
    expect(pids(started)).toContain(flooding);
    await started.supervisor.reload();
    await until(() => !isAlive(flooding));
    expect(started.supervisor.status().slots.map(({ generation, restarts }) => [generation, restarts])).toEqual([
      [2, 0],
      [2, 0],
    ]);
  });

  it('is replaced by a reload while it waits', async () => {
    const { supervisor } = await startSupervisor(programs, {
      workers: 1,
      backoff: { initialMs: 60_000, maxMs: 60_000, resetMs: 60_000 },
    });
    process.kill(supervisor.status().slots[0]!.pid!, 'SIGKILL');
    await until(() => supervisor.status().slots[0]!.state === 'waiting');
    await supervisor.reload();
    expect(supervisor.status().slots[0]).toMatchObject({ state: 'ready', generation: 2 });
  });

  it('stops gracefully at a SIGTERM of its own, and is replaced', async () => {
    const started = await startSupervisor(programs, { backoff: { resetMs: 0 } });
    const clients = keepAsking(started.port, 16);
    await until(() => clients.tally.answered > 100);
    process.kill(pids(started)[0]!, 'SIGTERM');
    await until(() => started.supervisor.status().slots[0]!.restarts === 1);
    await until(() => started.supervisor.status().slots[0]!.state === 'ready');
    await clients.stop();
    expect(clients.tally).toMatchObject({ lost: 0, refused: 0, resets: 0 });
    expect(started.supervisor.status().slots[0]!.lastExit).toMatchObject({ code: 0, signal: null });
  });
});

describe('a supervisor without a descriptor left', () => {
  it.runIf(process.platform === 'linux')('goes on, and replaces a worker when there are some', async () => {
    const controlPath = join(programs.folder, 'starved');
    const options = { worker: programs.worker, workers: 1, controlPath, backoff: { initialMs: 1, maxMs: 50 } };
    const child = new Child(process.execPath, [programs.supervisor, JSON.stringify(options)]);
    const status = JSON.parse(await child.line('STARTED')) as SupervisorStatus;
    const { pid } = child.process;
    const clients = Array.from({ length: 3 }, () => net.connect(controlPath)); // so that the lowest numbers are taken
    await Promise.all(clients.map((client) => once(client, 'connect')));
    limitDescriptors(pid!, 8);
    process.kill(status.slots[0]!.pid!, 'SIGKILL');
    await until(() => /it could not be started: .*EMFILE/.test(child.output));
    limitDescriptors(pid!, 1024);
    await until(async () => {
      const now = await controlSupervisor(controlPath, 'status').catch(() => null); // no descriptor for this client yet
      return now?.slots[0]?.state === 'ready';
    });
    expect(child.process.exitCode).toBe(null);
  });
});

describe('a supervisor whose stderr nobody reads', () => {
  it('goes on', async () => {
    const controlPath = join(programs.folder, 'unread');
    const options = { ...programs.options, workers: 1, controlPath, backoff: { initialMs: 1, maxMs: 10 } };
    const child = new Child(process.execPath, [programs.supervisor, JSON.stringify(options)]);
    const status = JSON.parse(await child.line('STARTED')) as SupervisorStatus;
    child.process.stderr!.destroy();
    await programs.behave('crash'); // with a line on stderr, each time
    process.kill(status.slots[0]!.pid!, 'SIGKILL');
    const slot = async () => (await controlSupervisor(controlPath, 'status')).slots[0]!;
    await until(async () => (await slot()).restarts >= 4);
    await programs.behave('');
    await until(async () => (await slot()).state === 'ready');
  });
});

/** Changes the `ulimit -n` of a running process (util-linux). */
function limitDescriptors(pid: number, count: number): void {
  execFileSync('prlimit', [`--pid=${pid}`, `--nofile=${count}:1024`]);
}

describe('a supervisor that is killed', () => {
  it('leaves workers that finish and end by themselves', async () => {
    const options = { worker: programs.worker, workers: 2, listen: { web: { host: '127.0.0.1', port: 0 } } };
    const child = new Child(process.execPath, [programs.supervisor, JSON.stringify(options)]);
    const status = JSON.parse(await child.line('STARTED')) as SupervisorStatus;
    const { port } = status.listen['web'] as { port: number };
    const slow = fetch(`http://127.0.0.1:${port}/slow`);
    await fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.text());
    child.process.kill('SIGKILL');
    await child.exited;
    expect((await slow).status).toBe(200);
    for (const { pid } of status.slots) await until(() => !isAlive(pid!));
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });
});
