import type { Connection } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { connectInMemory } from './memory-client.ts';

/** Answers each chunk in capitals, and ends when the other side ends. */
function shout(connection: Connection): void {
  connection.attach({
    data: (chunk) => void connection.write(Buffer.from(chunk).toString('latin1').toUpperCase()),
    end: () => connection.end(),
    drain: () => undefined,
    close: () => undefined,
  });
}

describe('connectInMemory()', () => {
  it('sends bytes and takes what came since the last time', async () => {
    const client = connectInMemory(shout);
    client.send('one');
    expect(await client.take()).toBe('ONE');
    client.send(new TextEncoder().encode('two'));
    expect(await client.take()).toBe('TWO');
    expect(await client.take()).toBe('');
    expect(client.pieces).toBe(2);
  });

  it('knows when the other side has ended and the connection is closed', async () => {
    const client = connectInMemory(shout);
    expect([client.hasEnded, client.isClosed]).toEqual([false, false]);
    client.channel.end();
    await client.take();
    expect([client.hasEnded, client.isClosed, client.error]).toEqual([true, true, undefined]);
  });

  it('knows what it was closed with', async () => {
    const client = connectInMemory((connection) => connection.reset());
    await client.take();
    expect(client.error).toMatchObject({ code: 'ECONNRESET' });
  });
});
