import {
  Http2Connection,
  type Http2ConnectionOptions,
  type Http2Error,
  type Http2Events,
  type Http2Stream,
} from '../src/index.ts';
import { HpackDecoder } from '../src/lib/hpack-decoder.ts';
import { preface } from '../src/lib/preface.ts';

export const names = [
  'DATA',
  'HEADERS',
  'PRIORITY',
  'RST_STREAM',
  'SETTINGS',
  'PUSH_PROMISE',
  'PING',
  'GOAWAY',
  'WINDOW_UPDATE',
  'CONTINUATION',
];

export type Field = readonly [name: string, value: string];

export const get: readonly Field[] = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':path', '/'],
  [':authority', 'a.test'],
];
export const post: readonly Field[] = [[':method', 'POST'], ...get.slice(1)];

export function concat(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

export function uint32(...values: number[]): Uint8Array {
  return concat(...values.map((value) => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)));
}

export function text(value: string): Uint8Array {
  return Uint8Array.from(Buffer.from(value, 'latin1'));
}

/** Frames by the names of their types, with flags and payload as given. */
export function frame(
  type: string | number,
  id: number,
  flags = 0,
  payload: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const { length } = payload;
  const number = typeof type === 'number' ? type : names.indexOf(type);
  return concat(Uint8Array.of(length >> 16, length >> 8, length, number, flags), uint32(id), payload);
}

/** A header block of literals that enter no table. */
export function block(fields: readonly Field[]): Uint8Array {
  return concat(...fields.flatMap(([name, value]) => [Uint8Array.of(0), string(name), string(value)]));
}

function string(value: string): Uint8Array {
  const bytes = text(value);
  if (bytes.length < 127) return concat(Uint8Array.of(bytes.length), bytes);
  const rest = [127];
  let left = bytes.length - 127;
  for (; left >= 128; left >>>= 7) rest.push((left & 127) | 128);
  return concat(Uint8Array.from([...rest, left]), bytes);
}

export function headers(id: number, fields: readonly Field[], isEnd = true): Uint8Array {
  return frame('HEADERS', id, isEnd ? 5 : 4, block(fields));
}

export function data(id: number, body: string, isEnd = false): Uint8Array {
  return frame('DATA', id, isEnd ? 1 : 0, text(body));
}

export function reset(id: number, code: number): Uint8Array {
  return frame('RST_STREAM', id, 0, uint32(code));
}

export function windowUpdate(id: number, bytes: number): Uint8Array {
  return frame('WINDOW_UPDATE', id, 0, uint32(bytes));
}

export function settings(...pairs: (readonly [id: number, value: number])[]): Uint8Array {
  return frame(
    'SETTINGS',
    0,
    0,
    concat(...pairs.map(([id, value]) => concat(Uint8Array.of(id >> 8, id), uint32(value)))),
  );
}

/** What a client sends first. */
export const opening: Uint8Array = concat(preface, settings());

/** The frames of an output, in words. A decoder of its own reads the header blocks, in order. */
export class OutputReader {
  readonly #decoder = new HpackDecoder(4096);
  #rest: Uint8Array = new Uint8Array(0);
  #block: Uint8Array = new Uint8Array(0);

  read(bytes: Uint8Array): string[] {
    const all = concat(this.#rest, bytes);
    const lines: string[] = [];
    let at = 0;
    while (all.length - at >= 9) {
      const length = (all[at]! << 16) | (all[at + 1]! << 8) | all[at + 2]!;
      if (all.length - at < 9 + length) break;
      const id = Buffer.from(all).readUInt32BE(at + 5);
      lines.push(this.#line(all[at + 3]!, all[at + 4]!, id, all.subarray(at + 9, at + 9 + length)));
      at += 9 + length;
    }
    this.#rest = all.slice(at);
    return lines;
  }

  #line(type: number, flags: number, id: number, payload: Uint8Array): string {
    const number = (at = 0) => Buffer.from(payload).readUInt32BE(at);
    const end = (flags & 1) !== 0 ? ' END' : '';
    switch (names[type]) {
      case 'DATA':
        return `DATA ${id} ${payload.length > 64 ? `(${payload.length})` : Buffer.from(payload).toString('latin1')}${end}`;
      case 'HEADERS':
      case 'CONTINUATION':
        this.#block = concat(this.#block, payload);
        if ((flags & 4) === 0) return `${names[type]} ${id} open${type === 1 ? end : ''}`;
        return `${names[type]} ${id} ${this.#fields()}${type === 1 ? end : ''}`;
      case 'RST_STREAM':
        return `RST_STREAM ${id} ${number()}`;
      case 'GOAWAY':
        return `GOAWAY ${number()} ${number(4)}`;
      case 'WINDOW_UPDATE':
        return `WINDOW_UPDATE ${id} ${number()}`;
      case 'SETTINGS':
      case 'PING':
        return `${names[type]}${(flags & 1) !== 0 ? ' ACK' : ` ${Buffer.from(payload).toString('hex')}`}`;
      default:
        return `type ${type}`;
    }
  }

  #fields(): string {
    const fields: string[] = [];
    const isValid = this.#decoder.decode(this.#block, 0, this.#block.length, {
      add: (name, value) => void fields.push(`${name}=${value.length > 64 ? `(${value.length})` : value}`),
    });
    this.#block = new Uint8Array(0);
    return isValid ? fields.join('|') : 'BAD BLOCK';
  }
}

type Hooks = { -readonly [Name in keyof Http2Events]?: Http2Events[Name] };

/** A connection whose events and output are lines of text. */
export class Recorded {
  readonly events: string[] = [];
  readonly streams = new Map<number, Http2Stream>();
  readonly connection: Http2Connection;
  readonly bytes: Uint8Array[] = [];
  now = 0;
  readonly #reader = new OutputReader();
  readonly #hooks: Hooks;

  constructor(options: Partial<Http2ConnectionOptions> = {}, hooks: Hooks = {}) {
    this.#hooks = hooks;
    this.connection = new Http2Connection({ role: 'server', ...options, events: this.#listener() });
  }

  /** Receives and returns what it answers. */
  receive(...parts: Uint8Array[]): string[] {
    this.connection.receive(concat(...parts), this.now);
    return this.output();
  }

  /** The frames since the last call. */
  output(): string[] {
    return this.#reader.read(this.raw());
  }

  raw(): Uint8Array {
    this.connection.flush();
    return concat(...this.bytes.splice(0));
  }

  stream(id: number): Http2Stream {
    return this.streams.get(id)!;
  }

  takeEvents(): string[] {
    return this.events.splice(0);
  }

  #listener(): Http2Events {
    const { events } = this;
    const hooks = this.#hooks;
    const short = (bytes: Uint8Array) =>
      bytes.length > 64 ? `(${bytes.length})` : Buffer.from(bytes).toString('latin1');
    const told = (error: Http2Error) =>
      `${error.code} ${error.http2Code}${error.isPeers ? ' peer' : ''}${error.isRetryable ? ' retryable' : ''}`;
    return {
      head: (stream, isEnd) => {
        this.streams.set(stream.id, stream);
        const { id, method, scheme, authority, path, protocol, status, fields } = stream;
        const start =
          status > 0 ? status : `${method} ${scheme} ${authority} ${path}${protocol === null ? '' : ` ${protocol}`}`;
        events.push(
          `head ${id} ${start} ${fields.join('|')}${stream.isHeadTooLarge ? ' too-large' : ''}${isEnd ? ' END' : ''}`,
        );
        hooks.head?.(stream, isEnd);
      },
      data: (stream, bytes) => {
        const last = events.at(-1);
        const start = `data ${stream.id} `;
        // How a body is split is not its meaning.
        if (last?.startsWith(start) && bytes.length <= 64) events[events.length - 1] = last + short(bytes);
        else events.push(start + short(bytes));
        hooks.data?.(stream, bytes);
      },
      end: (stream, trailers) => {
        events.push(`end ${stream.id}${trailers === null ? '' : ` ${trailers.join('|')}`}`);
        hooks.end?.(stream, trailers);
      },
      reset: (stream, error) => {
        events.push(`reset ${stream.id} ${told(error)}`);
        hooks.reset?.(stream, error);
      },
      writable: (stream) => {
        events.push(`writable ${stream.id}`);
        hooks.writable?.(stream);
      },
      refused: (error) => void events.push(`refused ${told(error)}`),
      failed: (error) => void events.push(`failed ${told(error)}`),
      goneAway: (lastId, code, text) => void events.push(`gone ${lastId} ${code} ${text}`.trimEnd()),
      pong: (payload) => void events.push(`pong ${Buffer.from(payload).toString('hex')}`),
      settingsChanged: () => void events.push('settings'),
      hasOutput: () => hooks.hasOutput?.(),
      output: (bytes) => {
        this.bytes.push(new Uint8Array(bytes));
        return hooks.output?.(bytes) ?? true;
      },
    };
  }
}

/** A server after its opening, with nothing left to tell. */
export function opened(options: Partial<Http2ConnectionOptions> = {}, hooks: Hooks = {}): Recorded {
  const recorded = new Recorded(options, hooks);
  recorded.receive(opening);
  recorded.takeEvents();
  return recorded;
}

/** Two connections that talk to each other until both are silent. */
export function connect(client: Recorded, server: Recorded): void {
  for (;;) {
    const toServer = client.raw();
    if (toServer.length > 0) server.connection.receive(toServer, server.now);
    const toClient = server.raw();
    if (toClient.length > 0) client.connection.receive(toClient, client.now);
    if (toServer.length === 0 && toClient.length === 0) return;
  }
}
