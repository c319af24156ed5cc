import type { Connection, ConnectionInfo } from '@windhover/core';
import { createManualClock, MemoryClient, splitEverywhere } from '@windhover/testing';
import { createMemoryPair, createTimerWheel } from '@windhover/transport';
import { describe, expect, it } from 'vitest';
import { chooseProtocol } from '../src/lib/choose-protocol.ts';
import { createEngine } from '../src/lib/create-engine.ts';
import type { EngineConnection } from '../src/lib/engine.ts';
import type { Protocol } from '../src/lib/protocol.ts';
import { protocols } from '../src/lib/protocols.ts';
import { get, ok, path, turns } from './talk.ts';

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** Says what it got: HTTP/2 as far as its first bytes go. */
const spoken: Protocol = {
  name: 'HTTP/2',
  alpn: ['h2'],
  matches: (bytes) => {
    const text = Buffer.from(bytes).toString('latin1');
    if (text.length < preface.length) return preface.startsWith(text) ? null : false;
    return text.startsWith(preface);
  },
  serve: (connection): EngineConnection => {
    connection.attach({
      data: (chunk) => void connection.write(`h2:${Buffer.from(chunk).toString('latin1').length} `),
      end: () => connection.end(),
      drain: () => undefined,
      close: () => undefined,
    });
    return {
      channel: connection,
      protocol: 'h2',
      requestsUnderWay: [],
      cutEventStreams: () => undefined,
      cutOlder: () => 0,
      shutdown: () => connection.end(),
      abandon: () => connection.destroy(),
    };
  },
};

function open(list: readonly Protocol[] = [spoken, ...protocols], alpnProtocol: string | null = null, looks = true) {
  const clock = createManualClock({ now: 1_000_000 });
  const { engine } = createEngine(path, { clock, wheel: createTimerWheel({ clock, resolutionMs: 1 }) });
  const serve = chooseProtocol(list, engine);
  const [near, far] = createMemoryPair();
  const tls = { protocol: 'TLSv1.3', cipher: 'x', serverName: null, alpnProtocol };
  if (alpnProtocol !== null) withInfo(far, { ...far.info, tls });
  const connection = serve(far, looks);
  const client = new MemoryClient(near);
  const say = async (text: string): Promise<string> => {
    client.send(text);
    return hear();
  };
  const hear = async (): Promise<string> => (await client.take()).replace(/Date: [^\r]*/g, 'Date: D');
  return { clock, client, engine, connection, say, hear };
}

function withInfo(connection: Connection, info: ConnectionInfo): void {
  Object.defineProperty(connection, 'info', { value: info });
}

describe('a server of several protocols', () => {
  it('tells them by their first bytes, however these arrive', async () => {
    await splitEverywhere(Buffer.from(preface), async (chunks) => {
      const { client, hear } = open();
      for (const chunk of chunks) {
        client.channel.write(chunk);
        await turns(1);
      }
      expect(await hear()).toBe('h2:24 ');
    });
    expect(await open().say(get('/one') + get('/two'))).toBe(ok('/one') + ok('/two'));
    const { client, hear } = open();
    client.channel.write('PR');
    await turns(1);
    client.channel.write('OPFIND / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await hear()).toBe(ok('/'));
  });

  it('asks no bytes where ALPN has decided', async () => {
    expect(await open(undefined, 'h2').say('any')).toBe('h2:3 ');
    expect(await open(undefined, 'http/1.1').say(get())).toBe(ok('/'));
  });

  it('gives a client that ends before it has said enough to the last protocol', async () => {
    const { client, engine } = open();
    client.channel.write('PRI');
    client.channel.end();
    await turns();
    expect(client.hasEnded).toBe(true);
    await turns();
    expect(engine.connections.size).toBe(0);
  });

  it('closes a connection that says nothing, or not enough, in time', async () => {
    const silent = open();
    silent.clock.advance(130_000);
    await turns();
    expect([silent.client.hasEnded, silent.engine.connections.size]).toEqual([true, 0]);
    const slow = open();
    slow.client.channel.write('PRI');
    await turns();
    slow.clock.advance(30_000);
    await turns();
    expect([slow.client.hasEnded, slow.engine.connections.size]).toEqual([true, 0]);
  });

  it('stops with its server', async () => {
    const idle = open();
    idle.engine.drainIdleMs = 0;
    idle.connection.shutdown();
    await turns();
    expect(idle.client.hasEnded).toBe(true);
    const begun = open();
    begun.client.channel.write('PRI');
    await turns();
    begun.connection.shutdown();
    begun.connection.abandon();
    await turns();
    expect(begun.client.hasEnded).toBe(true);
  });
});

it('a listener that is not told to look at first bytes refuses the preface of HTTP/2', async () => {
  expect(await open(protocols, null, false).say(preface)).toMatch(/^HTTP\/1\.1 505 /);
});
