import { expect, it } from 'vitest';
import {
  block,
  concat,
  data,
  type Field,
  frame,
  get,
  headers,
  names,
  opened,
  post,
  Recorded,
  reset,
  settings,
  text,
  uint32,
  windowUpdate,
} from './wire.ts';

const okStatus: readonly Field[] = [[':status', '200']];
const types = [...names, 'PRIORITY_UPDATE', 'unknown'];

/** One frame of each type on stream 1. */
function frameOf(type: string, isServer: boolean): Uint8Array {
  switch (type) {
    case 'DATA':
      return data(1, 'x');
    case 'HEADERS':
      return headers(1, isServer ? get : okStatus, false);
    case 'PRIORITY':
      return frame('PRIORITY', 1, 0, concat(uint32(0), Uint8Array.of(1)));
    case 'RST_STREAM':
      return reset(1, 8);
    case 'PUSH_PROMISE':
      return frame('PUSH_PROMISE', 1, 4, concat(uint32(2), block(get)));
    case 'PING':
      return frame('PING', 1, 0, new Uint8Array(8));
    case 'GOAWAY':
      return frame('GOAWAY', 1, 0, uint32(0, 0));
    case 'WINDOW_UPDATE':
      return windowUpdate(1, 1);
    case 'CONTINUATION':
      return frame('CONTINUATION', 1, 4, block(get));
    case 'PRIORITY_UPDATE':
      return frame(16, 1, 0, concat(uint32(1), text('u=1')));
    case 'unknown':
      return frame(200, 1, 0, text('abc'));
    default:
      return frame('SETTINGS', 1);
  }
}

const request = { method: 'POST', scheme: 'http', authority: 'a.test', path: '/', protocol: null, fields: [] };

/** Brings stream 1 of a connection into each of the states of RFC 9113 §5.1 that there are without push. */
const serverStates: Record<string, () => Recorded> = {
  idle: () => opened(),
  open: () => prepared(opened(), headers(1, post, false)),
  'half-closed (remote)': () => prepared(opened(), headers(1, get)),
  'half-closed (local)': () =>
    prepared(opened(), headers(1, post, false), (server) => server.stream(1).respond(200, null, true)),
  'closed by both ends': () =>
    prepared(opened(), headers(1, get), (server) => server.stream(1).respond(200, null, true)),
  'closed by our reset': () => prepared(opened(), headers(1, post, false), (server) => server.stream(1).reset(8)),
  'closed by their reset': () => prepared(opened(), concat(headers(1, post, false), reset(1, 8))),
};
const clientStates: Record<string, () => Recorded> = {
  idle: () => client(),
  open: () => asked(false),
  'half-closed (remote)': () => prepared(asked(false), headers(1, okStatus)),
  'half-closed (local)': () => asked(true),
  'closed by both ends': () => prepared(asked(true), headers(1, okStatus)),
  'closed by our reset': () => prepared(asked(false), new Uint8Array(0), (one) => one.streams.get(1)!.reset(8)),
  'closed by their reset': () => prepared(asked(false), reset(1, 8)),
};

function prepared(recorded: Recorded, bytes: Uint8Array, then?: (recorded: Recorded) => void): Recorded {
  recorded.receive(bytes);
  then?.(recorded);
  recorded.output();
  recorded.takeEvents();
  return recorded;
}

function client(): Recorded {
  const recorded = new Recorded({ role: 'client' });
  recorded.raw(); // the preface
  return prepared(recorded, settings());
}

function asked(isEnd: boolean): Recorded {
  const recorded = client();
  recorded.streams.set(1, recorded.connection.request(request, isEnd)!);
  return prepared(recorded, new Uint8Array(0));
}

/** What becomes of a frame: taken, ignored, or the error with its level. */
function outcome(recorded: Recorded, bytes: Uint8Array): string {
  const frames = recorded.receive(bytes);
  const events = recorded.takeEvents();
  const error = /HTTP2_(\w+)/.exec(events.at(-1) ?? '')?.[1];
  if (frames.some((line) => line.startsWith('GOAWAY'))) return `connection ${error}`;
  if (frames.some((line) => line.startsWith('RST_STREAM'))) return `stream ${error}`;
  expect(recorded.connection.isOver).toBe(false);
  return events.length > 0 ? events.map((event) => event.split(' ')[0]).join(' ') : 'ignored';
}

/** A row for each type; one outcome alone if it is the same in every state. */
function table(states: Record<string, () => Recorded>, isServer: boolean): Record<string, unknown> {
  const rows = types.map((type) => {
    const row = Object.entries(states).map(([state, make]) => [state, outcome(make(), frameOf(type, isServer))]);
    const isSame = row.every(([, what]) => what === row[0]![1]);
    return [type, isSame ? row[0]![1] : Object.fromEntries(row)];
  });
  return Object.fromEntries(rows);
}

it('what a server does with every frame in every state of a stream', () => {
  expect(table(serverStates, true)).toEqual({
    DATA: {
      idle: 'connection IDLE_STREAM',
      open: 'data',
      'half-closed (remote)': 'stream FRAME_AFTER_END',
      'half-closed (local)': 'data',
      'closed by both ends': 'stream FRAME_AFTER_END',
      'closed by our reset': 'ignored',
      'closed by their reset': 'stream FRAME_AFTER_END',
    },
    HEADERS: {
      idle: 'head',
      open: 'stream UNFINISHED_TRAILERS',
      'half-closed (remote)': 'stream FRAME_AFTER_END',
      'half-closed (local)': 'stream UNFINISHED_TRAILERS',
      'closed by both ends': 'connection CLOSED_STREAM',
      'closed by our reset': 'ignored',
      'closed by their reset': 'connection CLOSED_STREAM',
    },
    PRIORITY: 'ignored',
    RST_STREAM: {
      idle: 'connection IDLE_STREAM',
      open: 'reset',
      'half-closed (remote)': 'reset',
      'half-closed (local)': 'reset',
      'closed by both ends': 'ignored',
      'closed by our reset': 'ignored',
      'closed by their reset': 'ignored',
    },
    SETTINGS: 'connection BAD_STREAM_ID',
    PUSH_PROMISE: 'connection UNEXPECTED_PUSH',
    PING: 'connection BAD_STREAM_ID',
    GOAWAY: 'connection BAD_STREAM_ID',
    WINDOW_UPDATE: {
      idle: 'connection IDLE_STREAM',
      open: 'ignored',
      'half-closed (remote)': 'ignored',
      'half-closed (local)': 'ignored',
      'closed by both ends': 'ignored',
      'closed by our reset': 'ignored',
      'closed by their reset': 'ignored',
    },
    CONTINUATION: 'connection UNEXPECTED_CONTINUATION',
    PRIORITY_UPDATE: 'connection BAD_STREAM_ID',
    unknown: 'ignored',
  });
});

it('what a client does with every frame in every state of a stream', () => {
  expect(table(clientStates, false)).toEqual({
    DATA: {
      idle: 'connection IDLE_STREAM',
      open: 'stream DATA_BEFORE_HEAD',
      'half-closed (remote)': 'stream FRAME_AFTER_END',
      'half-closed (local)': 'stream DATA_BEFORE_HEAD',
      'closed by both ends': 'stream FRAME_AFTER_END',
      'closed by our reset': 'ignored',
      'closed by their reset': 'stream FRAME_AFTER_END',
    },
    HEADERS: {
      idle: 'connection IDLE_STREAM',
      open: 'head',
      'half-closed (remote)': 'stream FRAME_AFTER_END',
      'half-closed (local)': 'head',
      'closed by both ends': 'connection CLOSED_STREAM',
      'closed by our reset': 'ignored',
      'closed by their reset': 'connection CLOSED_STREAM',
    },
    PRIORITY: 'ignored',
    RST_STREAM: {
      idle: 'connection IDLE_STREAM',
      open: 'reset',
      'half-closed (remote)': 'reset',
      'half-closed (local)': 'reset',
      'closed by both ends': 'ignored',
      'closed by our reset': 'ignored',
      'closed by their reset': 'ignored',
    },
    SETTINGS: 'connection BAD_STREAM_ID',
    PUSH_PROMISE: 'connection UNEXPECTED_PUSH',
    PING: 'connection BAD_STREAM_ID',
    GOAWAY: 'connection BAD_STREAM_ID',
    WINDOW_UPDATE: {
      idle: 'connection IDLE_STREAM',
      open: 'ignored',
      'half-closed (remote)': 'ignored',
      'half-closed (local)': 'ignored',
      'closed by both ends': 'ignored',
      'closed by our reset': 'ignored',
      'closed by their reset': 'ignored',
    },
    CONTINUATION: 'connection UNEXPECTED_CONTINUATION',
    PRIORITY_UPDATE: 'connection BAD_STREAM_ID',
    unknown: 'ignored',
  });
});
