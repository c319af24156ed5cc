import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkerHandle } from '../src/index.ts';
import { makePrograms, type Programs, startSupervisor, until } from './programs.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await makePrograms();
});
afterAll(() => programs.remove());

type Heard = { readonly message: { echo?: unknown; last?: string; pid?: number; slot?: number }; from: WorkerHandle };

async function start() {
  const heard: Heard[] = [];
  const started = await startSupervisor(programs, {
    onMessage: (message, from) => void heard.push({ message: message as Heard['message'], from }),
  });
  return { ...started, heard };
}

describe('messages', () => {
  it('go to one worker or all, and back, in order and of any size', async () => {
    const { supervisor, heard } = await start();
    const large = 'ü'.repeat(500_000);
    for (const worker of supervisor.workers)
      for (const message of [1, 'zwei\n', { drei: [null] }, large]) worker.send(message);
    await until(() => heard.length === 8);
    for (const slot of [0, 1]) {
      const mine = heard.filter(({ message }) => message.slot === slot);
      expect(mine.map(({ message }) => message.echo)).toEqual([1, 'zwei\n', { drei: [null] }, large]);
      expect(mine[0]!.from).toMatchObject({ slot, state: 'ready', generation: 1 });
    }
  });

  it('that a worker sends at its end arrive', async () => {
    const { supervisor, heard } = await start();
    const pids = supervisor.workers.map(({ pid }) => pid);
    await supervisor.stop();
    await until(() => heard.length === 2);
    expect(heard.map(({ message }) => [message.last!.length, pids.includes(message.pid!)])).toEqual([
      [1_000_000, true],
      [1_000_000, true],
    ]);
    expect(supervisor.workers).toEqual([]);
  });

  it('that cannot be handled are logged, and disturb nobody', async () => {
    const { supervisor, logged } = await startSupervisor(programs, {
      onMessage: () => {
        throw new Error('no');
      },
    });
    for (const worker of supervisor.workers) worker.send('hello');
    await until(() => logged.filter((line) => line.includes('could not be handled')).length === 2);
    expect(() => supervisor.workers[0]!.send(undefined)).toThrow(TypeError);
  });

  it('have no pipe in a supervisor that takes none', async () => {
    const { supervisor } = await startSupervisor(programs);
    for (const worker of supervisor.workers) worker.send('lost');
    await supervisor.stop();
  });
});
