import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { keepAsking } from '../../../scripts/lib/load-clients.ts';
import { controlSupervisor, type SupervisorOptions } from '../src/index.ts';
import { makePrograms, type Programs, startSupervisor, until } from './programs.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await makePrograms();
});
afterEach(() => programs.behave(''));
afterAll(() => programs.remove());

const local = { host: '127.0.0.1', port: 0 } as const;

async function start(options: Partial<SupervisorOptions> = {}) {
  const started = await startSupervisor(programs, { listen: { web: local }, ...options });
  const portOf = (name: string): number => (started.supervisor.status().listen[name] as { port: number }).port;
  return { ...started, portOf };
}

async function ask(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })).text();
}

describe('reload() with changes', () => {
  it('opens new sockets, keeps those that stay, and closes the others, without a lost request', async () => {
    const { supervisor, portOf } = await start();
    const first = portOf('web');
    const kept = keepAsking(first, 8);
    await supervisor.reload({ listen: { web: local, admin: local } });
    expect(portOf('web')).toBe(first);
    const second = portOf('admin');
    await until(async () => (await ask(second)).endsWith(' 2\n'));
    await until(() => kept.tally.answered > 200);
    await kept.stop();
    expect(kept.tally).toMatchObject({ lost: 0, refused: 0, resets: 0, failed: 0 });
    await supervisor.reload({ listen: { admin: local } });
    expect(Object.keys(supervisor.status().listen)).toEqual(['admin']);
    await until(async () => (await ask(second)).endsWith(' 3\n'));
    await until(() =>
      ask(first).then(
        () => false,
        () => true,
      ),
    );
  });

  it('changes nothing when a socket cannot be bound, or the new workers do not start', async () => {
    const { supervisor, portOf, port } = await start();
    const taken = { host: '127.0.0.1', port };
    await expect(supervisor.reload({ listen: { web: local, other: taken } })).rejects.toMatchObject({
      code: 'SUPERVISOR_PORT_IN_USE',
    });
    await programs.behave('crash');
    await expect(supervisor.reload({ listen: { other: local } })).rejects.toMatchObject({
      code: 'SUPERVISOR_WORKER_FAILED',
    });
    expect(portOf('web')).toBe(port);
    expect(await ask(port)).toMatch(/ 1\n$/);
    await programs.behave('');
    await supervisor.reload();
    await until(async () => (await ask(port)).endsWith(' 4\n'));
  });

  it('adds and takes away workers', async () => {
    const { supervisor, port } = await start({ workers: 1 });
    await supervisor.reload({ workers: 3 });
    expect(supervisor.status().slots.map(({ state }) => state)).toEqual(['ready', 'ready', 'ready']);
    const kept = keepAsking(port, 8);
    await until(() => kept.tally.answered > 100);
    await supervisor.reload({ workers: 2 });
    expect(supervisor.status().slots).toHaveLength(2);
    await until(() => supervisor.workers.length === 2);
    await kept.stop();
    expect(kept.tally).toMatchObject({ lost: 0, failed: 0 });
  });

  it.each([{ workers: 0 }, { listen: { web: 80 } }, { port: 80 }])('refuses %j', async (changes) => {
    const { supervisor } = await start({ workers: 1 });
    await expect(supervisor.reload(changes as never)).rejects.toMatchObject({ code: 'SUPERVISOR_OPTION_INVALID' });
  });
});

describe('onReload and onStatus', () => {
  it('take the place of what the control socket does', async () => {
    const path = join(programs.folder, 'own.sock');
    let reloads = 0;
    await start({
      workers: 1,
      controlPath: path,
      onStatus: () => ({ mine: true }),
      onReload: () => {
        reloads += 1;
        if (reloads === 2) throw new Error('line 3 is wrong');
      },
    });
    expect(await controlSupervisor(path, 'status')).toEqual({ mine: true });
    expect(await controlSupervisor(path, 'reload')).toBeNull();
    await expect(controlSupervisor(path, 'reload')).rejects.toThrow(/line 3 is wrong$/);
  });
});
