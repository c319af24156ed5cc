import http from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Supervisor } from '../src/index.ts';
import { canReusePort } from '../src/lib/bind-handle.ts';
import { buildReadmeWorker, makePrograms, type Programs, startSupervisor, until } from './programs.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await makePrograms();
});
afterAll(() => programs.remove());

interface KeptClients {
  answered: number;
  readonly failures: string[];
  /** The slot that answered each client last. */
  readonly slots: number[];
  /** How many clients each of two slots has. */
  spread(): [number, number];
  stop(): Promise<void>;
}

/** Node clients with one kept connection each, which send requests all the time. */
function keepAsking(port: number, count = 64): KeptClients {
  const agents = Array.from({ length: count }, () => new http.Agent({ keepAlive: true, maxSockets: 1 }));
  let isStopped = false;
  const clients: KeptClients = {
    answered: 0,
    failures: [],
    slots: [],
    spread: () => [0, 1].map((slot) => clients.slots.filter((each) => each === slot).length) as [number, number],
    stop: async () => {
      isStopped = true;
      await all;
      for (const agent of agents) agent.destroy();
    },
  };
  const ask = (agent: http.Agent): Promise<string> =>
    new Promise((resolve, reject) => {
      http.get({ host: '127.0.0.1', port, agent }, (answer) => text(answer).then(resolve, reject)).on('error', reject);
    });
  const run = async (agent: http.Agent, index: number): Promise<void> => {
    while (!isStopped) {
      try {
        clients.slots[index] = Number((await ask(agent)).split(' ')[1]);
        clients.answered += 1;
      } catch (error) {
        clients.failures.push((error as Error).message);
      }
    }
  };
  const all = Promise.all(agents.map(run));
  return clients;
}

function isBalanced({ spread }: KeptClients): boolean {
  const [first, second] = spread();
  return first + second === 64 && Math.max(first, second) <= 64 * 0.65;
}

/** Its worker is killed, and all clients move to the second. */
async function loseFirst(supervisor: Supervisor, clients: KeptClients): Promise<void> {
  process.kill(supervisor.status().slots[0]!.pid!, 'SIGKILL');
  await until(() => clients.spread()[1] === 64);
}

const kinds = canReusePort() ? [true, false] : [false];

describe.each(kinds)('64 kept connections of two workers, with socketPerWorker %s', (socketPerWorker) => {
  it('are spread, no worker has more than 65 % of them, and no request fails', async () => {
    const env = { ...programs.options.env, DRAIN_IDLE_MS: '2000' };
    const { port, supervisor } = await startSupervisor(programs, { socketPerWorker, env });
    const clients = keepAsking(port);
    await until(() => isBalanced(clients));
    for (let round = 0; round < 2; round++) {
      await supervisor.reload();
      await until(() => isBalanced(clients));
    }
    await clients.stop();
    expect(clients.failures).toEqual([]);
  });

  // After a wait of more than a second, nothing is left in the queue of the slot: all clients are with the other one.
  const backoff = { initialMs: 1500, maxMs: 1500, resetMs: 60_000 };

  it('are spread again when all were on one, because the other had crashed', async () => {
    const { port, supervisor } = await startSupervisor(programs, { socketPerWorker, backoff });
    const clients = keepAsking(port);
    await until(() => isBalanced(clients));
    await loseFirst(supervisor, clients);
    const failures = clients.failures.length; // requests that the killed worker had
    await until(() => isBalanced(clients));
    await until(() => supervisor.status().slots.every(({ connections }) => connections! <= 64 * 0.65));
    await clients.stop();
    expect(clients.failures.length).toBe(failures);
  });

  it('stay where they are with balance: false', async () => {
    const { port, supervisor } = await startSupervisor(programs, { socketPerWorker, backoff, balance: false });
    const clients = keepAsking(port);
    await until(() => clients.spread()[0] > 0);
    await loseFirst(supervisor, clients);
    await until(() => supervisor.status().slots[0]!.connections === 0); // the new one
    await until(() => supervisor.status().slots[1]!.connections === 64);
    const { answered } = clients;
    await until(() => clients.answered > answered + 6400);
    expect(clients.spread()).toEqual([0, 64]);
    await clients.stop();
  });
});

describe('the worker of REFERENCE.md with node:http', () => {
  it('is balanced', async () => {
    const backoff = { initialMs: 1500, maxMs: 1500, resetMs: 60_000 };
    const worker = await buildReadmeWorker(programs);
    const { port, supervisor } = await startSupervisor(programs, { worker, backoff });
    const clients = keepAsking(port);
    await until(() => isBalanced(clients));
    await loseFirst(supervisor, clients);
    const failures = clients.failures.length; // requests that the killed worker had
    await until(() => isBalanced(clients));
    await clients.stop();
    expect(clients.failures.length).toBe(failures);
  });
});
