import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from '@windhover/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ConnectAddress,
  connect,
  createMemoryPair,
  type Listener,
  listen,
  type SocketDriver,
} from '../src/index.ts';
import { canBorrow } from '../src/lib/can-borrow.ts';
import { channelRules, type OpenPair, poisonLentBytes } from '../src/testing.ts';

beforeAll(() => poisonLentBytes(true));
afterAll(() => poisonLentBytes(false));

it('finds that this Node can borrow: on Linux the fallback is for runtimes we have not seen', async () => {
  expect(await canBorrow()).toBe(process.platform !== 'win32');
});

describe('memory driver', () => {
  for (const rule of channelRules) it(rule.name, () => rule.run(async () => createMemoryPair()));
});

describe.each<[string, SocketDriver, 'tcp' | 'unix']>([
  ['borrowing driver over TCP', 'borrow', 'tcp'],
  ['borrowing driver over a Unix socket', 'borrow', 'unix'],
  ["'data' driver over TCP", 'data', 'tcp'],
])('%s', (_name, driver, transport) => {
  let folder: string;
  let listener: Listener;
  const accepted: Connection[] = [];
  let wake: () => void = () => undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'transport-'));
    const address = transport === 'tcp' ? { host: '127.0.0.1', port: 0 } : { path: join(folder, 'socket') };
    const accept = (connection: Connection): void => {
      accepted.push(connection);
      wake();
    };
    listener = await listen(address, accept, { driver });
  });

  afterAll(async () => {
    await listener.close();
    await rm(folder, { recursive: true });
  });

  const openPair: OpenPair = async () => {
    const near = await connect(listener.address as ConnectAddress);
    while (accepted.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return [near, accepted.shift()!];
  };

  it('uses the driver it was told to', () => expect(listener.driver).toBe(driver));
  for (const rule of channelRules) it(rule.name, () => rule.run(openPair));
});
