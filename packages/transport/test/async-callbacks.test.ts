import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChannelConsumer, type Connection, systemClock } from '@windhover/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createConnectionLimit,
  createMemoryPair,
  createTimerWheel,
  createTls,
  listen,
  onConsumerError,
} from '../src/index.ts';
import { watchAccepting } from '../src/lib/accept-errors.ts';
import { writeLocalhostCertificate } from '../src/testing.ts';

const nothing = (): void => undefined;
const quiet: ChannelConsumer = { data: nothing, end: nothing, drain: nothing, close: nothing };
const bug = new Error('a bug');
const reject = async (): Promise<never> => {
  throw bug;
};

let reported: Promise<unknown>;
let restore: () => void;

beforeEach(() => {
  reported = new Promise((resolve) => {
    const before = onConsumerError(resolve);
    restore = () => onConsumerError(before);
  });
});

afterEach(() => restore());

/**
 * Returns the calls to a consumer whose `async` method `name` rejects, and the error with which its connection closes.
 */
function closeError(name: 'data' | 'end' | 'drain'): Promise<unknown> {
  const [near, far] = createMemoryPair();
  far.attach({ ...quiet, data: () => far.pause() });
  return new Promise((resolve) => {
    near.attach({ ...quiet, [name]: reject, close: resolve });
    if (name === 'data') far.write('x');
    if (name === 'end') far.end();
    if (name === 'drain') {
      while (near.write('x'.repeat(65_536)));
      far.resume();
      far.attach(quiet);
    }
  });
}

describe('an async callback that rejects is reported, and does not end the process:', () => {
  it.each(['data', 'end', 'drain'] as const)('%s() of a consumer, which closes its connection', async (name) => {
    expect(await closeError(name)).toBe(bug);
    expect(await reported).toBe(bug);
  });

  it('close() of a consumer', async () => {
    const [near] = createMemoryPair();
    near.attach({ ...quiet, close: reject });
    near.destroy();
    expect(await reported).toBe(bug);
  });

  it('a listener of onClosed()', async () => {
    const [near] = createMemoryPair();
    near.onClosed(reject);
    near.destroy();
    expect(await reported).toBe(bug);
  });

  it('a deadline', async () => {
    createTimerWheel({ clock: systemClock, resolutionMs: 1 }).createDeadline(reject).set(1);
    expect(await reported).toBe(bug);
  });

  it('onRefused', async () => {
    const limit = createConnectionLimit({ maxConnections: 1, onRefused: reject });
    for (let count = 0; count < 2; count++) limit.middleware(createMemoryPair()[0], nothing);
    expect(await reported).toBe(bug);
  });

  it('onAcceptError', async () => {
    const server = net.createServer();
    watchAccepting(server, reject);
    server.emit('error', new Error('EMFILE'));
    expect(await reported).toBe(bug);
  });

  it.each(['accept', 'middleware'])('%s', async (which) => {
    const [accept, middleware] = which === 'accept' ? [reject, []] : [nothing, [reject]];
    const listener = await listen({ host: '127.0.0.1', port: 0 }, accept as (connection: Connection) => void, {
      middleware,
    });
    const client = net.connect(listener.port!, '127.0.0.1').resume();
    await once(client, 'close');
    await listener.close();
    expect(await reported).toBe(bug);
  });

  it('onHandshakeError, and onWarning', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'async-'));
    const certificate = await writeLocalhostCertificate(folder);
    const tls = await createTls({ certificate, onHandshakeError: reject });
    const listener = await listen({ host: '127.0.0.1', port: 0 }, nothing, { tls });
    const client = net.connect(listener.port!, '127.0.0.1').resume();
    client.on('error', nothing);
    client.write('GET / HTTP/1.1\r\n\r\n');
    expect(await reported).toBe(bug);
    await listener.close();

    const warned = new Promise((resolve) => onConsumerError(resolve));
    const clock = { now: () => 0, schedule: () => nothing };
    await createTls({ certificate, clock, onWarning: reject });
    expect(await warned).toBe(bug);
    await rm(folder, { recursive: true });
  });

  it.each([
    ['throws', () => fail()],
    ['rejects', reject],
  ])('and the listener of onConsumerError itself, when it %s, by a warning', async (_how, listener) => {
    onConsumerError(listener);
    const warning = once(process, 'warning');
    const [near] = createMemoryPair();
    near.onClosed(() => fail());
    near.destroy();
    expect((await warning)[0]).toBe(bug);
  });
});

function fail(): never {
  throw bug;
}
