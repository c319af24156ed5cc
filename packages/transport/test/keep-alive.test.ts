import { readFile } from 'node:fs/promises';
import net from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { listen } from '../src/index.ts';
import { endpointKeys } from '../src/lib/endpoint-keys.ts';

/** The timer of a socket in `/proc/net/tcp`; 02 is the keep-alive timer. */
const keepAliveTimer = /^01 \S+ 02:/;

it.runIf(process.platform === 'linux').each(['borrow', 'data'] as const)(
  'accepted sockets ask for peers that are gone without a word, driver %s',
  async (driver) => {
    const nothing = (): void => undefined;
    const listener = await listen(
      { host: '127.0.0.1', port: 0 },
      (connection) => connection.attach({ data: nothing, end: () => connection.end(), drain: nothing, close: nothing }),
      { driver },
    );
    onTestFinished(() => listener.close());
    const client = net.connect(listener.port!, '127.0.0.1');
    onTestFinished(() => void client.destroy());
    await new Promise((resolve) => client.once('connect', resolve));
    const ends = ` ${endpointKeys('127.0.0.1', listener.port!)[0]} ${endpointKeys('127.0.0.1', client.localPort!)[0]} `;
    await vi.waitFor(async () => {
      const table = await readFile('/proc/net/tcp', 'latin1');
      expect(table.slice(table.indexOf(ends) + ends.length)).toMatch(keepAliveTimer);
    });
  },
);
