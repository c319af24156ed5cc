import { describe, expect, it } from 'vitest';
import { Http2Connection, type Http2Events, type Http2Stream } from '../src/index.ts';
import {
  block,
  concat,
  type Field,
  frame,
  get,
  headers,
  OutputReader,
  opening,
  post,
  settings,
  text,
  uint32,
} from './wire.ts';

/** A connection with what it sends, in words; `on` replaces events. */
class Peer {
  readonly streams = new Map<number, Http2Stream>();
  readonly told: string[] = [];
  readonly connection: Http2Connection;
  #sent: Uint8Array[] = [];
  readonly #reader = new OutputReader();

  constructor(role: 'server' | 'client', limits: object = {}, on: Partial<Http2Events> = {}) {
    const nothing = () => {};
    const events: Http2Events = {
      head: (stream) => this.streams.set(stream.id, stream),
      data: nothing,
      end: nothing,
      reset: (stream) => this.told.push(`reset ${stream.id}`),
      writable: nothing,
      refused: nothing,
      failed: (error) => this.told.push(error.code),
      goneAway: nothing,
      pong: nothing,
      settingsChanged: nothing,
      hasOutput: nothing,
      output: (bytes) => this.#sent.push(Uint8Array.from(bytes)) > 0,
      ...on,
    };
    this.connection = new Http2Connection({ role, events, limits });
    this.take(role === 'server' ? opening : settings());
    this.bytes();
  }

  take(...frames: Uint8Array[]): void {
    for (const bytes of frames) this.connection.receive(bytes, 0);
  }

  bytes(): Uint8Array {
    this.connection.flush();
    const bytes = concat(...this.#sent);
    this.#sent = [];
    return bytes;
  }

  lines(): string[] {
    return this.#reader.read(this.bytes());
  }
}

const bodies = (id: number, count: number) => new Array(count).fill(frame('DATA', id, 0, new Uint8Array(16_384)));

describe('a connection under strain', () => {
  it('reads no priority that an entry of the table has made huge', () => {
    const value = 'u=0,'.repeat(1000);
    const entry = concat(Uint8Array.of(0x40, 8), text('priority'), Uint8Array.of(127, 0xa1, 0x1e), text(value));
    const peer = new Peer('server');
    peer.take(frame('HEADERS', 1, 5, concat(block(get), entry, new Uint8Array(3000).fill(0xbe))));
    const stream = peer.streams.get(1)!;
    expect([stream.isHeadTooLarge, stream.urgency]).toEqual([true, 3]);
  });

  it('gives the connection window back although other streams hold most of it', () => {
    const peer = new Peer('server', {}, { data: (stream, bytes) => stream.id === 7 && stream.credit(bytes.length) });
    peer.take(...[1, 3, 5, 7].map((id) => headers(id, post, false)));
    peer.take(...[1, 3, 5].flatMap((id) => bodies(id, 16)), ...bodies(7, 16));
    expect(peer.lines()).toContain('WINDOW_UPDATE 0 131072');
    peer.take(...bodies(7, 8));
    expect(peer.told).toEqual([]);
  });

  it('gives a small window back on a stream that was opened before its size was acknowledged', () => {
    const peer = new Peer(
      'server',
      { streamWindowBytes: 4096 },
      { data: (stream, { length }) => stream.credit(length) },
    );
    peer.take(headers(1, post, false), frame('SETTINGS', 0, 1), frame('DATA', 1, 0, new Uint8Array(4096)));
    expect(peer.lines()).toContain('WINDOW_UPDATE 1 4096');
  });

  it('tells of no stream that its owner reset while it was told of another', () => {
    const all: (Http2Stream | null)[] = [];
    const reset = (told: Http2Stream) => {
      for (const stream of all) if (stream !== told) stream!.reset(8);
    };
    const peer = new Peer('client', {}, { reset });
    const head = { method: 'GET', scheme: 'http', authority: 'a', path: '/', protocol: null, fields: [] };
    for (let count = 0; count < 3; count++) all.push(peer.connection.request(head, true));
    peer.take(frame('GOAWAY', 0, 0, uint32(0, 0)));
    expect(peer.connection.openStreams).toBe(0);
  });

  it('never names a later last stream in a second GOAWAY', () => {
    const peer = new Peer('server');
    peer.take(headers(1, get));
    peer.connection.goAway();
    peer.take(headers(3, get), frame('PING', 0, 0, new Uint8Array(7)));
    expect(peer.lines()).toEqual(['GOAWAY 1 0', 'GOAWAY 1 6']);
  });

  it('tells the smallest of two table sizes in one SETTINGS', () => {
    const peer = new Peer('server');
    peer.take(settings([1, 0], [1, 4096]), headers(1, get));
    peer.bytes();
    peer.streams.get(1)!.respond(200, null, true);
    expect(Buffer.from(peer.bytes().subarray(9)).toString('hex')).toBe('203fe11f88');
  });

  it('lets a server ping with each answer', () => {
    const peer = new Peer('client');
    const head = { method: 'GET', scheme: 'http', authority: 'a', path: '/', protocol: null, fields: [] };
    const answer: readonly Field[] = [[':status', '200']];
    for (let count = 0; count < 1200; count++) {
      const { id } = peer.connection.request(head, true)!;
      peer.take(headers(id, answer, false), frame('DATA', id, 1, text('ok')), frame('PING', 0, 0, new Uint8Array(8)));
    }
    expect(peer.told).toEqual([]);
  });
});
