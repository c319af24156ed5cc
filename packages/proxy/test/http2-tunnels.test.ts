import type { Connection, HttpContext } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import type { ReverseProxy } from '../src/index.ts';
import {
  codeOf,
  connectRaw,
  connectTo,
  get,
  type RawClient,
  reset,
  WINDOW_UPDATE,
  windowUpdate,
} from './http2-raw-client.ts';
import { clientPreface, data, frame, headers } from './http2-wire.ts';
import { setUpProxies, startHandler } from './proxy-fixtures.ts';

setUpProxies();

const STREAM_CLOSED = 5;
const CANCEL = 8;
const PROTOCOL_ERROR = 1;
const ENHANCE_YOUR_CALM = 11;
const NO_ERROR = 0;
const pingFrame = frame(6, 0, 0, Buffer.alloc(8));

interface Scene {
  readonly port: number;
  readonly open: Connection[];
  /** How each tunnel was closed, in order. */
  readonly closed: (string | null)[];
  readonly received: string[];
}

/** A server whose tunnels do what `use` says; other requests are answered `plain`. */
async function start(
  use: (channel: Connection, scene: Scene) => void = echo,
  refuse?: (context: HttpContext) => void,
): Promise<Scene> {
  const scene: Omit<Scene, 'port'> = { open: [], closed: [], received: [] };
  const handler = (context: HttpContext): void => {
    const { request, response } = context;
    if (request.upgrade === null) response.body = 'plain';
    else if (refuse !== undefined) refuse(context);
    else {
      response.status = 101;
      response.upgrade = (channel) => {
        scene.open.push(channel);
        use(channel, scene as Scene);
      };
    }
  };
  const proxy: ReverseProxy = Object.assign(handler, { close: () => undefined, upstreams: [] });
  const { port } = await startHandler(proxy, {}, { http2: 'prior-knowledge' });
  return Object.assign(scene, { port });
}

function echo(channel: Connection, { closed, received }: Scene): void {
  channel.attach({
    data: (bytes) => {
      received.push(Buffer.from(bytes).toString('latin1'));
      channel.write(bytes);
    },
    end: () => channel.end(),
    drain: () => undefined,
    close: (error) => void closed.push(error?.message ?? null),
  });
}

/** Another request of the same connection is answered: it lives on. */
async function expectAlive(client: RawClient, id: number): Promise<void> {
  client.send(get(id));
  await client.seen('HEADERS', id);
}

describe('a tunnel in a stream of HTTP/2', () => {
  it('that the server ends first takes what the client still sends, until that ends too', async () => {
    const scene = await start((channel, { closed, received }) => {
      channel.attach({
        data: (bytes) => void received.push(Buffer.from(bytes).toString('latin1')),
        end: () => undefined,
        drain: () => undefined,
        close: (error) => void closed.push(error?.message ?? null),
      });
      channel.end();
    });
    const client = await connectRaw(scene.port);
    client.send(connectTo(1));
    await client.seen('DATA', 1);
    client.send(data(1, 'late', false));
    await expect.poll(() => scene.received).toEqual(['late']);
    expect(scene.closed).toEqual([]);
    client.send(data(1, '', true));
    await expect.poll(() => scene.closed).toEqual([null]);
    await expectAlive(client, 3);
  });

  it('that is reset in the middle of a message is closed, and the connection goes on', async () => {
    const scene = await start();
    const client = await connectRaw(scene.port);
    client.send(connectTo(1));
    await client.seen('HEADERS', 1);
    client.send(data(1, '\x82\x7e\x10\x00half of a message', false), reset(1, CANCEL));
    await expect.poll(() => scene.closed).toEqual([expect.any(String)]);
    await expectAlive(client, 3);
  });

  it('whose connection is cut in the middle of a frame is closed', async () => {
    const scene = await start();
    const client = await connectRaw(scene.port);
    client.send(connectTo(1));
    await client.seen('HEADERS', 1);
    client.socket.write(data(1, 'a whole frame', false).subarray(0, 12), () => client.socket.resetAndDestroy());
    await expect.poll(() => scene.closed).toHaveLength(1);
  });

  it('is reset by DATA after its end, and the connection goes on', async () => {
    const scene = await start((channel, { closed }) =>
      channel.attach({
        data: () => undefined,
        end: () => undefined, // its own side stays open
        drain: () => undefined,
        close: (error) => void closed.push(error?.message ?? null),
      }),
    );
    const client = await connectRaw(scene.port);
    client.send(connectTo(1));
    await client.seen('HEADERS', 1);
    client.send(data(1, 'last', true), data(1, 'more', false));
    expect(codeOf((await client.seen('RST_STREAM', 1))[0]!)).toBe(STREAM_CLOSED);
    await expect.poll(() => scene.closed).toHaveLength(1);
    await expectAlive(client, 3);
  });

  it('holds what its client does not take, and goes on when the windows open', async () => {
    const large = 'x'.repeat(300_000);
    let isTaken = true;
    const scene = await start((channel) => {
      channel.attach({
        data: () => undefined,
        end: () => undefined,
        drain: () => channel.end(),
        close: () => undefined,
      });
      isTaken = channel.write(Buffer.from(large));
    });
    const client = await connectRaw(scene.port);
    client.send(connectTo(1));
    await expect.poll(() => client.text(1).length).toBe(65_535);
    expect(isTaken).toBe(false);
    client.send(get(3));
    await client.seen('HEADERS', 3); // only bodies need the window
    client.send(windowUpdate(0, 1_000_000), windowUpdate(1, 1_000_000));
    await expect.poll(() => client.text(1).length).toBe(300_000);
    await expect
      .poll(() => client.frames.some(({ type, id, flags }) => type === 'DATA' && id === 1 && flags === 1))
      .toBe(true);
    await expect.poll(() => client.text(3)).toBe('plain');
  });

  it('that nobody reads takes a window of bytes, and others on the connection go on', async () => {
    const scene = await start(() => undefined);
    const client = await connectRaw(scene.port);
    client.send(connectTo(1));
    await client.seen('HEADERS', 1);
    const piece = 'x'.repeat(16_384);
    client.send(...Array.from({ length: 16 }, () => data(1, piece, false)));
    await expectAlive(client, 3);
    const updates = client.frames.filter(({ type, id }) => type === String(WINDOW_UPDATE) && id === 1);
    expect(updates).toEqual([]);
    client.send(data(1, 'x', false));
    await client.seen('RST_STREAM', 1);
    await expectAlive(client, 5);
  });

  it('leaves nothing behind, ten thousand times', async () => {
    const scene = await start();
    for (let round = 0; round < 10; round += 1) {
      const client = await connectRaw(scene.port);
      for (let first = 1; first < 2000; first += 100) {
        const ids = Array.from({ length: 50 }, (_, index) => first + 2 * index);
        client.send(...ids.flatMap((id) => [connectTo(id), data(id, 'x', true)]));
        await client.seen('DATA', ids.at(-1)!);
      }
      client.socket.destroy();
    }
    await expect.poll(() => scene.closed.length).toBe(10_000);
    expect([scene.open.length, new Set(scene.closed)]).toEqual([10_000, new Set([null])]);
  }, 60_000);

  it('that is opened and reset again and again ends the connection', async () => {
    const scene = await start();
    const client = await connectRaw(scene.port);
    for (let id = 1; id < 2000 && !client.isClosed; id += 20) {
      const ids = Array.from({ length: 10 }, (_, index) => id + 2 * index);
      client.send(...ids.flatMap((each) => [connectTo(each), reset(each, CANCEL)]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const [goAway] = await client.seen('GOAWAY', 0);
    expect(goAway!.payload.readUInt32BE(4)).toBe(ENHANCE_YOUR_CALM);
    expect(scene.open.length).toBeLessThanOrEqual(260);
    await expect.poll(() => scene.closed.length).toBe(scene.open.length);
  });
});

describe('a tunnel of HTTP/2 that is decided later', () => {
  it('gets what came meanwhile, the end included', async () => {
    let decide!: () => void;
    const decided = new Promise<void>((resolve) => (decide = resolve));
    const received: string[] = [];
    const proxy: ReverseProxy = Object.assign(
      async ({ response }: HttpContext) => {
        await decided;
        response.status = 101;
        response.upgrade = (channel) =>
          channel.attach({
            data: (bytes) => void received.push(Buffer.from(bytes).toString('latin1')),
            end: () => {
              received.push('end');
              channel.end();
            },
            drain: () => undefined,
            close: () => undefined,
          });
      },
      { close: () => undefined, upstreams: [] },
    );
    const { port } = await startHandler(proxy, {}, { http2: 'prior-knowledge' });
    const client = await connectRaw(port);
    client.send(connectTo(1), data(1, 'a', false), data(1, 'b', true), pingFrame);
    await client.seen('PING', 0);
    decide();
    await expect.poll(() => received.at(-1)).toBe('end');
    expect(received.join('')).toBe('abend');
  });
});

describe('a tunnel of HTTP/2 that is refused', () => {
  it('with a body has that, and what its client sends is dropped without holding up its connection', async () => {
    const scene = await start(undefined, ({ response }) => {
      response.status = 403;
      response.body = 'not you';
    });
    const client = await connectRaw(scene.port);
    const piece = 'x'.repeat(16_384);
    const ids = Array.from({ length: 10 }, (_, index) => 1 + 2 * index);
    for (const id of ids) client.send(connectTo(id), ...Array.from({ length: 15 }, () => data(id, piece, false)));
    for (const id of ids) {
      const [end] = await client.seen('RST_STREAM', id);
      expect([client.text(id), codeOf(end!)]).toEqual(['not you', NO_ERROR]);
    }
    client.send(
      headers(
        21,
        [
          [':method', 'POST'],
          [':scheme', 'http'],
          [':authority', 'a'],
          [':path', '/'],
        ],
        false,
      ),
    );
    client.send(...Array.from({ length: 15 }, () => data(21, piece, false)), data(21, '', true));
    await expect.poll(() => client.text(21)).toBe('plain');
    expect(client.isClosed).toBe(false);
  });
});

describe('a request for a tunnel that is not one', () => {
  const target = [
    [':scheme', 'http'],
    [':authority', 'a'],
    [':path', '/'],
  ] as const;

  it.each([
    ['of a protocol with GET', [[':method', 'GET'], [':protocol', 'websocket'], ...target]],
    ['of a protocol that is no token', [[':method', 'CONNECT'], [':protocol', 'web socket'], ...target]],
    ['of an empty protocol', [[':method', 'CONNECT'], [':protocol', ''], ...target]],
    ['of two protocols', [[':method', 'CONNECT'], [':protocol', 'websocket'], [':protocol', 'x'], ...target]],
    [
      'without a path',
      [
        [':method', 'CONNECT'],
        [':protocol', 'websocket'],
        [':scheme', 'http'],
        [':authority', 'a'],
      ],
    ],
    [
      'without a scheme',
      [
        [':method', 'CONNECT'],
        [':protocol', 'websocket'],
        [':authority', 'a'],
        [':path', '/'],
      ],
    ],
    ['without a protocol, but with a path', [[':method', 'CONNECT'], ...target]],
  ] as const)('%s is reset', async (_what, fields) => {
    const scene = await start();
    const client = await connectRaw(scene.port);
    client.send(headers(1, fields, false));
    expect(codeOf((await client.seen('RST_STREAM', 1))[0]!)).toBe(PROTOCOL_ERROR);
    expect(scene.open).toEqual([]);
    await expectAlive(client, 3);
  });

  it('without a protocol (RFC 9113 §8.5) is answered, because this is no forward proxy', async () => {
    const scene = await start();
    const client = await connectRaw(scene.port);
    client.send(
      headers(
        1,
        [
          [':method', 'CONNECT'],
          [':authority', 'a:443'],
        ],
        false,
      ),
      data(1, 'x'.repeat(1000), false),
    );
    await client.seen('HEADERS', 1);
    await client.seen('RST_STREAM', 1);
    expect(scene.open).toEqual([]);
    await expectAlive(client, 3);
  });

  it('of an unknown protocol is an upgrade that the handler decides', async () => {
    const scene = await start();
    const client = await connectRaw(scene.port);
    client.send(connectTo(1, 'connect-udp'), data(1, 'datagram', true));
    await expect.poll(() => client.text(1)).toBe('datagram');
    expect(scene.open).toHaveLength(1);
  });

  it('before the SETTINGS of the client ends the connection', async () => {
    const scene = await start();
    const client = await connectRaw(scene.port, clientPreface.subarray(0, 24));
    client.send(connectTo(1));
    const [goAway] = await client.seen('GOAWAY', 0);
    expect(goAway!.payload.readUInt32BE(4)).toBe(PROTOCOL_ERROR);
    expect(scene.open).toEqual([]);
  });

  it('in a header block that is never finished opens nothing', async () => {
    const scene = await start();
    const client = await connectRaw(scene.port);
    const whole = connectTo(1);
    whole[4] = 0; // no END_HEADERS
    client.send(whole, data(1, 'x', false));
    const [goAway] = await client.seen('GOAWAY', 0);
    expect(goAway!.payload.readUInt32BE(4)).toBe(PROTOCOL_ERROR);
    expect(scene.open).toEqual([]);
  });
});
