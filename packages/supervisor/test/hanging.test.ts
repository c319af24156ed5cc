import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlSupervisor, type SupervisorStatus } from '../src/index.ts';
import { Child } from './child.ts';
import { isAlive, makePrograms, type Programs, pids, type Started, startSupervisor, until } from './programs.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await makePrograms();
});
afterAll(() => programs.remove());

const ping = { intervalMs: 100, timeoutMs: 1000 };

/** Waits: only time can show that something did not happen. */
async function passes(times: number): Promise<void> {
  const end = performance.now() + times * ping.timeoutMs;
  await until(() => performance.now() > end);
}

/** Repeats a request until the worker is killed; that request gets no answer. */
function ask(started: Started, path: string): void {
  void fetch(`http://127.0.0.1:${started.port}${path}`).catch(() => undefined);
}

describe('a worker that hangs', () => {
  it.each(['in a loop', 'because it was stopped'])(
    '%s is killed and replaced, and the reason is logged',
    async (how) => {
      const started = await startSupervisor(programs, { workers: 1, ping, backoff: { resetMs: 0 } });
      const [hung] = pids(started);
      if (how === 'in a loop') ask(started, '/hang');
      else process.kill(hung!, 'SIGSTOP');
      await until(() => started.supervisor.status().slots[0]!.restarts === 1);
      await until(() => started.supervisor.status().slots[0]!.state === 'ready');
      expect(isAlive(hung!)).toBe(false);
      expect(started.supervisor.status().slots[0]!.lastExit).toMatchObject({
        signal: 'SIGKILL',
        reason: 'it hung: a ping was not answered within 1000 ms',
      });
      expect(started.logged.join()).toContain('Worker of slot 0 is gone, another one is started now: it hung: a ping');
      const answer = await fetch(`http://127.0.0.1:${started.port}/`);
      expect(await answer.text()).toBe(`${pids(started)[0]} 0 1\n`);
    },
  );

  it('is left alone with ping: false', async () => {
    const started = await startSupervisor(programs, { workers: 1, ping: false });
    const [hung] = pids(started);
    process.kill(hung!, 'SIGSTOP');
    await passes(2);
    expect(pids(started)).toEqual([hung]);
  });

  it('is left alone while its inspector is open', async () => {
    const started = await startSupervisor(programs, { workers: 1, ping, execArgv: ['--inspect=127.0.0.1:0'] });
    const [held] = pids(started);
    process.kill(held!, 'SIGSTOP'); // to the supervisor this looks like a breakpoint
    await passes(2);
    expect(pids(started)).toEqual([held]);
  });

  it('is noticed when its inspector was closed', async () => {
    const execArgv = ['--inspect=127.0.0.1:0'];
    const started = await startSupervisor(programs, { workers: 1, ping, execArgv, backoff: { resetMs: 0 } });
    await fetch(`http://127.0.0.1:${started.port}/close-inspector`);
    await until(async () => {
      if (started.supervisor.status().slots[0]!.restarts > 0) return true;
      process.kill(pids(started)[0]!, 'SIGSTOP');
      await passes(1.5); // it would be killed if it had reported a closed inspector; otherwise it may report that now
      if (started.supervisor.status().slots[0]!.restarts === 0) process.kill(pids(started)[0]!, 'SIGCONT');
      await passes(0.5);
      return false;
    });
    expect(started.supervisor.status().slots[0]!.lastExit?.reason).toContain('it hung');
  });
});

describe('a worker that is busy', () => {
  it('is not killed as long as it answers now and then', async () => {
    const started = await startSupervisor(programs, { workers: 1, ping: { intervalMs: 100, timeoutMs: 2000 } });
    const before = pids(started);
    // Ten times 400 ms without a pause: four seconds in which little else runs.
    const answer = await fetch(`http://127.0.0.1:${started.port}/busy`);
    expect(await answer.text()).toBe(`${before[0]} 0 1\n`);
    expect(started.supervisor.status().slots[0]).toMatchObject({ restarts: 0, pid: before[0] });
  });
});

describe('a supervisor that does not run itself', () => {
  it.each(['alone', 'together with its workers'])('kills nobody for it: stopped %s', async (how) => {
    const controlPath = join(programs.folder, `stopped-${how.length}`);
    const options = { ...programs.options, workers: 2, ping, controlPath };
    const child = new Child(process.execPath, [programs.supervisor, JSON.stringify(options)]);
    const workers = (JSON.parse(await child.line('STARTED')) as SupervisorStatus).slots.map(({ pid }) => pid!);
    const all = how === 'alone' ? [child.process.pid!] : [child.process.pid!, ...workers];
    for (let round = 0; round < 3; round++) {
      for (const pid of all) process.kill(pid, 'SIGSTOP');
      await passes(2);
      for (const pid of all) process.kill(pid, 'SIGCONT');
      await passes(0.5); // in which it sends some pings and gets answers
      const { slots } = await controlSupervisor(controlPath, 'status');
      expect(slots.map(({ pid, restarts }) => [pid, restarts])).toEqual(workers.map((pid) => [pid, 0]));
    }
    process.kill(workers[0]!, 'SIGSTOP'); // and it still detects a worker that hangs
    await until(async () => (await controlSupervisor(controlPath, 'status')).slots[0]!.restarts === 1);
  });
});
