import { Http2Error } from './errors.ts';
import { readUint31, readUint32 } from './frame-head.ts';
import {
  ACK,
  GOAWAY,
  MAX_WINDOW,
  PING,
  PRIORITY,
  PRIORITY_UPDATE,
  PUSH_PROMISE,
  RST_STREAM,
  SETTINGS,
  WINDOW_UPDATE,
} from './frame-type.ts';
import { http2Codes } from './http2-codes.ts';
import type { Http2Core } from './http2-core.ts';
import type { Http2Stream } from './http2-stream.ts';
import { decodeLatin1 } from './latin1.ts';
import { updatePriority } from './receive-head.ts';
import { receiveSettings } from './receive-settings.ts';
import { windowOpened } from './send-data.ts';

/** A longer text of GOAWAY is cut: it is for logs. */
const MAX_DEBUG_BYTES = 128;
/** What a frame costs of the budget. */
const FRAME_COST = 1;

/** Takes a whole frame that is neither DATA nor part of a header block. */
export function receiveControl(
  core: Http2Core,
  type: number,
  flags: number,
  id: number,
  bytes: Uint8Array,
  start: number,
  stop: number,
): void {
  const length = stop - start;
  switch (type) {
    case PRIORITY:
      receivePriority(core, id, bytes, start, length);
      return;
    case RST_STREAM:
      receiveReset(core, id, bytes, start, length);
      return;
    case SETTINGS:
      receiveSettings(core, flags, id, bytes, start, stop);
      return;
    case PUSH_PROMISE:
      core.fail('HTTP2_UNEXPECTED_PUSH');
      return;
    case PING:
      receivePing(core, flags, id, bytes.subarray(start, stop));
      return;
    case GOAWAY:
      receiveGoAway(core, id, bytes, start, length);
      return;
    case WINDOW_UPDATE:
      receiveWindowUpdate(core, id, bytes, start, length);
      return;
    case PRIORITY_UPDATE:
      receivePriorityUpdate(core, id, bytes, start, stop);
      return;
    default: // RFC 9113 §5.5: unknown frames are ignored
      core.spendControl(FRAME_COST);
  }
}

/** The priorities of RFC 7540 are not used any more, but their rules are checked. */
function receivePriority(core: Http2Core, id: number, bytes: Uint8Array, start: number, length: number): void {
  if (id === 0) {
    core.fail('HTTP2_BAD_STREAM_ID');
    return;
  }
  if (length !== 5) {
    failOn(core, id, 'HTTP2_BAD_PRIORITY_LENGTH');
    return;
  }
  if (readUint31(bytes, start) === id) {
    failOn(core, id, 'HTTP2_SELF_DEPENDENCY');
    return;
  }
  core.spendControl(FRAME_COST);
}

/** RFC 9113 §6.4: RST_STREAM is not sent for an idle stream, so that there the connection ends. */
function failOn(core: Http2Core, id: number, code: 'HTTP2_BAD_PRIORITY_LENGTH' | 'HTTP2_SELF_DEPENDENCY'): void {
  const stream = core.streams.get(id);
  if (stream !== undefined) core.failStream(stream, code);
  else if (core.isIdle(id)) core.fail(code);
  else core.refuse(id, code);
}

function receiveReset(core: Http2Core, id: number, bytes: Uint8Array, start: number, length: number): void {
  if (id === 0) {
    core.fail('HTTP2_BAD_STREAM_ID');
    return;
  }
  if (core.isIdle(id)) {
    core.fail('HTTP2_IDLE_STREAM');
    return;
  }
  if (length !== 4) {
    core.fail('HTTP2_BAD_FRAME_LENGTH');
    return;
  }
  const stream = core.streams.get(id);
  if (stream === undefined) {
    core.spendControl(FRAME_COST);
    return;
  }
  const http2Code = readUint32(bytes, start);
  const isUnfinished = stream.isLocalOpen;
  core.closeStream(stream);
  const isRetryable = http2Code === http2Codes.REFUSED_STREAM;
  core.events.reset(stream, new Http2Error('HTTP2_PEER_RESET', { http2Code, isPeers: true, isRetryable }));
  // Rapid reset: what counts is work that was begun for nothing.
  if (isUnfinished) core.spendReset();
}

function receivePing(core: Http2Core, flags: number, id: number, payload: Uint8Array): void {
  if (id !== 0) {
    core.fail('HTTP2_BAD_STREAM_ID');
    return;
  }
  if (payload.length !== 8) {
    core.fail('HTTP2_BAD_FRAME_LENGTH');
    return;
  }
  if (!core.spendControl(FRAME_COST)) return;
  if ((flags & ACK) !== 0) core.events.pong(payload);
  else core.writer.frame(PING, ACK, 0, payload);
}

function receiveGoAway(core: Http2Core, id: number, bytes: Uint8Array, start: number, length: number): void {
  if (id !== 0) {
    core.fail('HTTP2_BAD_STREAM_ID');
    return;
  }
  if (length < 8) {
    core.fail('HTTP2_BAD_FRAME_LENGTH');
    return;
  }
  if (!core.spendControl(FRAME_COST)) return;
  core.hasPeerGoneAway = true;
  const lastId = readUint31(bytes, start);
  const http2Code = readUint32(bytes, start + 4);
  const unprocessed: Http2Stream[] = [];
  for (const stream of core.streams.values())
    if (stream.id > lastId && !core.isPeerId(stream.id)) unprocessed.push(stream);
  const facts = { isPeers: true, isRetryable: true, http2Code }; // RFC 9113 §6.8: not processed, whatever the code says
  for (const stream of unprocessed) {
    if (stream.isClosed) continue; // by the owner, when it was told of another one
    core.closeStream(stream);
    core.events.reset(stream, new Http2Error('HTTP2_NOT_PROCESSED', facts));
  }
  core.events.goneAway(lastId, http2Code, debugText(bytes, start + 8, start + length));
}

/** The opaque data of GOAWAY are a text in practice, such as `too_many_pings`. */
function debugText(bytes: Uint8Array, start: number, stop: number): string {
  return decodeLatin1(bytes, start, Math.min(stop, start + MAX_DEBUG_BYTES)).replace(/[^ -~]/g, '?');
}

function receiveWindowUpdate(core: Http2Core, id: number, bytes: Uint8Array, start: number, length: number): void {
  if (length !== 4) {
    core.fail('HTTP2_BAD_FRAME_LENGTH');
    return;
  }
  if (!core.spendControl(FRAME_COST)) return;
  const increment = readUint31(bytes, start);
  if (id === 0) {
    if (increment === 0) {
      core.fail('HTTP2_EMPTY_CONNECTION_UPDATE');
      return;
    }
    core.sendWindow += increment;
    if (core.sendWindow > MAX_WINDOW) core.fail('HTTP2_CONNECTION_WINDOW_OVERFLOW');
    return;
  }
  const stream = core.streams.get(id);
  if (stream === undefined) {
    if (core.isIdle(id)) core.fail('HTTP2_IDLE_STREAM');
    return; // RFC 9113 §5.1: it may come after the end
  }
  if (increment === 0) {
    core.failStream(stream, 'HTTP2_EMPTY_STREAM_UPDATE');
    return;
  }
  stream.sendWindow += increment;
  if (stream.sendWindow > MAX_WINDOW) {
    core.failStream(stream, 'HTTP2_STREAM_WINDOW_OVERFLOW');
    return;
  }
  windowOpened(core, stream);
}

function receivePriorityUpdate(core: Http2Core, id: number, bytes: Uint8Array, start: number, stop: number): void {
  if (!core.isServer) {
    core.fail('HTTP2_BAD_STREAM_ID'); // RFC 9218 §7.1: only clients send it
    return;
  }
  if (id !== 0) {
    core.fail('HTTP2_BAD_STREAM_ID');
    return;
  }
  if (stop - start < 4) {
    core.fail('HTTP2_BAD_FRAME_LENGTH');
    return;
  }
  const prioritized = readUint31(bytes, start);
  if (prioritized === 0) {
    core.fail('HTTP2_BAD_STREAM_ID');
    return;
  }
  if (core.spendControl(FRAME_COST)) updatePriority(core, prioritized, decodeLatin1(bytes, start + 4, stop));
}
