import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { TcpPlace } from '../src/lib/bind-handle.ts';
import { Listeners } from '../src/lib/listeners.ts';

const system = vi.hoisted(() => ({ nextFd: 10, isFull: false, closed: [] as number[] }));

vi.mock('../src/lib/bind-handle.ts', () => ({
  bindTcp: ({ host, port }: TcpPlace) => {
    if (system.isFull) throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
    const fd = system.nextFd++;
    return { fd, address: host ?? '::', port: port === 0 ? 40_000 : port, close: () => void system.closed.push(fd) };
  },
}));

beforeEach(() => void Object.assign(system, { nextFd: 10, isFull: false, closed: [] }));

async function bind(socketPerWorker: boolean): Promise<{ listeners: Listeners; warned: [string, unknown][] }> {
  const warned: [string, unknown][] = [];
  const listeners = await Listeners.bind({ web: { host: '127.0.0.1', port: 0 } }, 2, socketPerWorker);
  return { listeners, warned };
}

const nothing = (): void => undefined;
const logTo = (warned: [string, unknown][]) => ({
  info: nothing,
  error: nothing,
  warn: (message: string, facts?: unknown): void => void warned.push([message, facts]),
});

describe('renew()', () => {
  it('gives the slot a fresh socket, and the others keep theirs', async () => {
    const { listeners, warned } = await bind(true);
    expect([listeners.descriptors(0), listeners.descriptors(1)]).toEqual([{ web: 10 }, { web: 11 }]);
    listeners.renew(1, logTo(warned));
    expect([listeners.descriptors(0), listeners.descriptors(1)]).toEqual([{ web: 10 }, { web: 12 }]);
    expect([system.closed, warned]).toEqual([[11], []]);
  });

  it('keeps the old one when there is no descriptor left, and says so', async () => {
    const { listeners, warned } = await bind(true);
    system.isFull = true;
    listeners.renew(1, logTo(warned));
    expect([listeners.descriptors(1), system.closed]).toEqual([{ web: 11 }, []]);
    expect(warned).toEqual([
      [
        'Connections to listen.web wait for the next worker of slot 1: no fresh socket',
        { error: expect.objectContaining({ code: 'EMFILE' }) },
      ],
    ]);
  });

  it('leaves a socket alone that all slots share', async () => {
    const { listeners, warned } = await bind(false);
    listeners.renew(1, logTo(warned));
    expect([listeners.descriptors(1), system.closed, warned]).toEqual([{ web: 10 }, [], []]);
  });
});
