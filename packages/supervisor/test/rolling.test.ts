import { once } from 'node:events';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepAsking, keepConnecting } from '../../../scripts/lib/load-clients.ts';
import { canReusePort } from '../src/lib/bind-handle.ts';
import { buildReadmeWorker, isAlive, makePrograms, type Programs, pids, startSupervisor, until } from './programs.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await makePrograms();
});
afterAll(() => programs.remove());

const kinds = canReusePort() ? [true, false] : [false];

describe.each(kinds)('reload() with socketPerWorker %s', (socketPerWorker) => {
  it('rolls 20 times under load without a reset or a failed request', { timeout: 120_000 }, async () => {
    const started = await startSupervisor(programs, { socketPerWorker, stopTimeoutMs: 10_000 });
    const { supervisor, port } = started;
    const kept = keepAsking(port, 32);
    const fresh = keepConnecting(port, 4);
    const seen = new Set(pids(started));
    for (let round = 1; round <= 20; round++) {
      const before = kept.tally.answered + fresh.tally.answered;
      await supervisor.reload();
      for (const pid of pids(started)) seen.add(pid);
      await until(() => kept.tally.answered + fresh.tally.answered > before + 100);
    }
    await Promise.all([kept.stop(), fresh.stop()]);
    expect(seen.size).toBe(42); // two workers, replaced 20 times
    expect(supervisor.status().slots.map(({ generation, restarts }) => [generation, restarts])).toEqual([
      [21, 0],
      [21, 0],
    ]);
    expect({ ...kept.tally, answered: 0 }).toEqual({
      answered: 0,
      lost: 0,
      refused: 0,
      resets: 0,
      failed: 0,
      servedBy: [],
    });
    expect({ ...fresh.tally, answered: 0 }).toEqual({
      answered: 0,
      lost: 0,
      refused: 0,
      resets: 0,
      failed: 0,
      servedBy: [],
    });
  });
});

describe('reload({ lingerMs })', () => {
  it('keeps the tunnels of replaced workers, of the last four, and ends them with the supervisor', async () => {
    const { supervisor, port } = await startSupervisor(programs, { workers: 1, stopTimeoutMs: 2000 });
    const status = () => supervisor.status().slots[0]!;
    const tunnels: Tunnel[] = [];
    for (let round = 0; round < 5; round++) {
      let tunnel = await openTunnel(port);
      // The worker before still accepts for a moment.
      for (; tunnel.pid !== status().pid; tunnel = await openTunnel(port)) tunnel.end();
      tunnels.push(tunnel);
      await supervisor.reload({ lingerMs: 60_000 });
    }
    await tunnels[0]!.closed; // the fifth worker has taken its place
    for (const tunnel of tunnels.slice(1)) expect(await tunnel.ask('hello')).toBe('hello');
    expect(status().draining).toHaveLength(4);
    tunnels[1]!.end();
    await until(() => status().draining.length === 3); // a worker ends with its last connection
    await supervisor.stop({ timeoutMs: 500 });
    await Promise.all(tunnels.map(({ closed }) => closed));
  });

  it('keeps those of slots that it takes away', async () => {
    const { supervisor, port } = await startSupervisor(programs, { workers: 2, stopTimeoutMs: 2000, balance: false });
    const tunnels = await Promise.all(Array.from({ length: 8 }, () => openTunnel(port)));
    await supervisor.reload({ workers: 1, lingerMs: 60_000 });
    for (const tunnel of tunnels) expect(await tunnel.ask('x')).toBe('x');
    await supervisor.stop({ timeoutMs: 500 });
    await Promise.all(tunnels.map(({ closed }) => closed));
  });

  it('ends them when the worker alone is told to stop', async () => {
    const { supervisor, port } = await startSupervisor(programs, { workers: 1, stopTimeoutMs: 2000 });
    const tunnel = await openTunnel(port);
    await supervisor.reload({ lingerMs: 60_000 });
    const [pid] = supervisor.status().slots[0]!.draining;
    process.kill(pid!, 'SIGTERM'); // like the end of its channel, this is a stop without lingering
    await tunnel.closed;
    await until(() => supervisor.status().slots[0]!.draining.length === 0);
  });
});

interface Tunnel {
  readonly pid: number;
  ask(text: string): Promise<string>;
  end(): void;
  readonly closed: Promise<unknown>;
}

async function openTunnel(port: number): Promise<Tunnel> {
  const socket = net.connect(port, '127.0.0.1').setEncoding('latin1');
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write('GET /tunnel HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
  const head = String((await once(socket, 'data'))[0]);
  expect(head).toMatch(/^HTTP\/1\.1 101 /);
  const pid = Number(/served-by: (\d+)/i.exec(head)?.[1]);
  const ask = async (text: string): Promise<string> => {
    const answer = once(socket, 'data');
    socket.write(text);
    return String((await answer)[0]);
  };
  return { pid, ask, end: () => socket.end(), closed };
}

describe('the worker of REFERENCE.md with node:http', () => {
  it('loses no request of kept connections when it is replaced under load', async () => {
    const worker = await buildReadmeWorker(programs);
    const started = await startSupervisor(programs, { worker });
    const kept = keepAsking(started.port, 32);
    const fresh = keepConnecting(started.port, 4);
    for (let round = 1; round <= 4; round++) {
      const before = kept.tally.answered + fresh.tally.answered;
      await started.supervisor.reload();
      await until(() => kept.tally.answered + fresh.tally.answered > before + 100);
    }
    await Promise.all([kept.stop(), fresh.stop()]);
    for (const { tally } of [kept, fresh]) expect(tally).toMatchObject({ lost: 0, refused: 0, resets: 0, failed: 0 });
  });

  it('stops in time, with a client that keeps silent', async () => {
    const worker = await buildReadmeWorker(programs);
    const { supervisor, port } = await startSupervisor(programs, { worker, workers: 1, stopTimeoutMs: 2000 });
    const silent = net.connect(port, '127.0.0.1');
    const ended = once(silent, 'close');
    silent.on('error', () => undefined);
    await until(() => supervisor.status().slots[0]!.connections === 1);
    await supervisor.stop();
    await ended;
    expect(supervisor.status().slots[0]!.lastExit).toMatchObject({ code: 0, reason: null });
  });
});

describe('reload()', () => {
  it('keeps the old workers when new ones crash, and says why', async () => {
    const started = await startSupervisor(programs);
    const before = pids(started);
    const clients = keepAsking(started.port, 8);
    await programs.behave('throw');
    await expect(started.supervisor.reload()).rejects.toMatchObject({
      code: 'SUPERVISOR_WORKER_FAILED',
      message: expect.stringMatching(/exit code 1[\s\S]*TypeError: broken on purpose/),
    });
    const { state, reloadError, slots } = started.supervisor.status();
    expect([state, slots.map((slot) => slot.generation)]).toEqual(['running', [1, 1]]);
    expect(reloadError).toContain('broken on purpose');
    expect(pids(started)).toEqual(before);
    await programs.behave('');
    await started.supervisor.reload();
    await clients.stop();
    expect(started.supervisor.status()).toMatchObject({
      reloadError: null,
      slots: [{ generation: 3 }, { generation: 3 }],
    });
    expect(clients.tally).toMatchObject({ lost: 0, refused: 0, resets: 0 });
  });

  it('gives up a new worker that does not become ready in time', async () => {
    const started = await startSupervisor(programs, { readyTimeoutMs: 4000 });
    const before = pids(started);
    await programs.behave('never-ready');
    await expect(started.supervisor.reload()).rejects.toThrow('it was not ready within 4000 ms (signal SIGKILL)');
    await programs.behave('');
    expect(pids(started)).toEqual(before);
  });

  it('runs once more for calls that come during a reload', async () => {
    const { supervisor } = await startSupervisor(programs);
    const first = supervisor.reload();
    const second = supervisor.reload();
    const third = supervisor.reload();
    await first;
    await Promise.all([second, third]);
    expect(supervisor.status()).toMatchObject({ state: 'running', generation: 3 });
  });

  it('waits for the old workers of the reload before, so that they do not pile up', async () => {
    await programs.behave('stuck');
    const started = await startSupervisor(programs, { workers: 1, stopTimeoutMs: 500 });
    const [old] = pids(started);
    await programs.behave('');
    await started.supervisor.reload();
    expect(isAlive(old!)).toBe(true);
    await started.supervisor.reload();
    expect(isAlive(old!)).toBe(false);
    expect(started.logged).toContain(`Worker ${old} of slot 0 was killed: it did not stop within 500 ms`);
  });

  it('is told once when a stop ends it, and the one behind it is not told', async () => {
    const started = await startSupervisor(programs, { workers: 1 });
    await programs.behave('never-ready');
    const reloads = [started.supervisor.reload(), started.supervisor.reload()];
    const ended = Promise.all(
      reloads.map((each) => expect(each).rejects.toMatchObject({ code: 'SUPERVISOR_STOPPED' })),
    );
    await started.supervisor.stop();
    await ended;
    await programs.behave('');
    expect(started.logged).toEqual(['All workers are ready', 'The reload was abandoned: the supervisor stops']);
  });

  it('is refused before a start and after a stop', async () => {
    const { supervisor } = await startSupervisor(programs);
    await supervisor.stop();
    await expect(supervisor.reload()).rejects.toMatchObject({ code: 'SUPERVISOR_WRONG_STATE' });
    await expect(supervisor.start()).rejects.toMatchObject({ code: 'SUPERVISOR_WRONG_STATE' });
  });
});
