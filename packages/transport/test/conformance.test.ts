import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from '@windhover/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ConnectAddress,
  connect,
  createMemoryPair,
  createTls,
  type Listener,
  listen,
  type SocketDriver,
} from '../src/index.ts';
import { canBorrow, canBorrowTls } from '../src/lib/can-borrow.ts';
import { channelRules, type OpenPair, writeLocalhostCertificate } from '../src/testing.ts';
import { connectTls } from './connect-tls.ts';
import { createStreamPair } from './stream-pair.ts';

it('finds that this Node can borrow: on Linux the fallback is for runtimes we have not seen', async () => {
  expect(await canBorrow()).toBe(process.platform !== 'win32');
  expect(await canBorrowTls()).toBe(process.platform !== 'win32');
});

describe('memory driver', () => {
  for (const rule of channelRules) it(rule.name, () => rule.run(async () => createMemoryPair()));
});

describe('streams as tunnels', () => {
  for (const rule of channelRules) it(rule.name, () => rule.run(createStreamPair));
});

describe.each<[string, SocketDriver, 'tcp' | 'unix', 'plain' | 'tls']>([
  ['borrowing driver over TCP', 'borrow', 'tcp', 'plain'],
  ['borrowing driver over a Unix socket', 'borrow', 'unix', 'plain'],
  ["'data' driver over TCP", 'data', 'tcp', 'plain'],
  ['borrowing driver of TLS over TCP', 'borrow', 'tcp', 'tls'],
  ["'data' driver of TLS over TCP", 'data', 'tcp', 'tls'],
  ['borrowing driver of TLS over a Unix socket', 'borrow', 'unix', 'tls'],
])('%s', (_name, driver, transport, security) => {
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
    const isSecure = security === 'tls';
    const tls = isSecure ? await createTls({ certificate: await writeLocalhostCertificate(folder), driver }) : null;
    listener = await listen(address, accept, tls === null ? { driver } : { tls });
  });

  afterAll(async () => {
    await listener.close();
    await rm(folder, { recursive: true });
  });

  /** One after the other, so that the next accepted connection is the other end of this one. */
  let opening: Promise<unknown> = Promise.resolve();
  const openPair: OpenPair = () => {
    const pair = opening.then(open);
    opening = pair.catch(() => undefined);
    return pair;
  };

  const open: OpenPair = async () => {
    const address = listener.address as ConnectAddress;
    const near = security === 'tls' ? await connectTls(address, driver) : await connect(address);
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
