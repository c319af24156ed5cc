import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSupervised, joinSupervisor } from '../src/worker.ts';
import { isAlive, makePrograms, type Programs, pids, startSupervisor, until } from './programs.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await makePrograms();
});
afterAll(() => programs.remove());

describe('joinSupervisor()', () => {
  it('says what to do in a process that no supervisor started', () => {
    expect(isSupervised()).toBe(false);
    expect(() => joinSupervisor()).toThrow(
      expect.objectContaining({
        code: 'SUPERVISOR_ABSENT',
        message: expect.stringContaining('createSupervisor({ worker })'),
      }),
    );
  });

  it('does not take what a worker starts for a worker', async () => {
    const place = JSON.stringify({ supervisor: 1, slot: 0, generation: 1, listen: {}, stopTimeoutMs: 1 });
    const run = promisify(execFile)(process.execPath, [programs.worker], {
      env: { ...process.env, WINDHOVER_WORKER: place },
    });
    await expect(run).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('SUPERVISOR_ABSENT') });
  });
});

describe('balance()', () => {
  it('says what it takes', async () => {
    const { port } = await startSupervisor(programs, { workers: 1 });
    const answer = await fetch(`http://127.0.0.1:${port}/misuse`);
    expect(await answer.text()).toBe(
      'An option is not valid: balance(): expected { connections, shed }, a number and a function: a server of @windhover/server is one\nAn option is not valid: onStop(): expected a function, found "later"',
    );
  });
});

describe('a worker', () => {
  it('that closes its channel ends, and is replaced', async () => {
    const started = await startSupervisor(programs, { workers: 1, stopTimeoutMs: 5000, backoff: { resetMs: 0 } });
    const [first] = pids(started);
    await fetch(`http://127.0.0.1:${started.port}/close-channel`).catch(() => undefined);
    await until(() => !isAlive(first!));
    await until(() => started.supervisor.status().slots[0]!.state === 'ready');
    expect(pids(started)[0]).not.toBe(first);
  });
});
