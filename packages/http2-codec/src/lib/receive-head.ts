import { headFields } from './head-fields.ts';
import type { Http2Core } from './http2-core.ts';
import { Http2Stream } from './http2-stream.ts';
import { isIncrementalOf, parsePriority, urgencyOf } from './priority-field.ts';
import { ReceiveWindow } from './receive-window.ts';
import { requestViolation } from './request-head-rules.ts';
import { responseViolation } from './response-head-rules.ts';
import { isForbiddenTrailer } from './trailer-names.ts';

/** Urgency 3, and taking turns: for clients that send no priorities. */
const NO_PRIORITY = 3 | 8;
/** A request, or its answer, is worth so many frames without work; clients send priorities and settings with it. */
const REWARD = 5;

/** Takes a whole header block. */
export function receiveBlock(
  core: Http2Core,
  bytes: Uint8Array,
  start: number,
  stop: number,
  id: number,
  isEnd: boolean,
): void {
  const stream = core.streams.get(id);
  if (core.isServer && id > core.lastPeerId) {
    receiveRequest(core, bytes, start, stop, id, isEnd);
    return;
  }
  const isHead = !core.isServer && stream !== undefined && !stream.hasRemoteHead;
  const { limits } = core;
  if (isHead) headFields.begin(limits.maxHeaderListBytes, limits.maxHeaderCount, false);
  else headFields.begin(limits.maxTrailersBytes, limits.maxTrailerCount, true);
  // A block on a stream that is not read any more is decoded too, because it changes the table.
  if (!core.decoder.decode(bytes, start, stop, headFields)) {
    core.fail('HTTP2_BAD_HEADER_BLOCK');
    return;
  }
  if (stream === undefined) {
    if (core.isIdle(id)) core.fail('HTTP2_IDLE_STREAM');
    else if (!core.isIgnored(id)) core.fail('HTTP2_CLOSED_STREAM');
    else core.spendControl(1);
  } else if (!stream.isRemoteOpen) core.failStream(stream, 'HTTP2_FRAME_AFTER_END');
  else if (isHead) receiveResponse(core, stream, isEnd);
  else receiveTrailers(core, stream, isEnd);
}

function receiveRequest(
  core: Http2Core,
  bytes: Uint8Array,
  start: number,
  stop: number,
  id: number,
  isEnd: boolean,
): void {
  const { limits } = core;
  headFields.begin(limits.maxHeaderListBytes, limits.maxHeaderCount, false);
  if (!core.decoder.decode(bytes, start, stop, headFields)) {
    core.fail('HTTP2_BAD_HEADER_BLOCK');
    return;
  }
  core.lastPeerId = id;
  if (core.goAwayId >= 0) return; // RFC 9113 §6.8: the peer knows that it is not processed
  const violation = requestViolation(headFields, core.hasExtendedConnect);
  if (violation !== null) {
    core.refuse(id, violation);
    return;
  }
  if (isEnd && headFields.contentLength > 0) {
    core.refuse(id, 'HTTP2_CONTENT_LENGTH_MISMATCH');
    return;
  }
  if (core.openStreams >= limits.maxConcurrentStreams) {
    core.refuse(id, 'HTTP2_TOO_MANY_STREAMS');
    return;
  }

  const stream = new Http2Stream(core, id, headFields, priorityOf(core, id));
  stream.fields = headFields.toTriples();
  stream.contentLength = headFields.contentLength;
  stream.isHeadTooLarge = headFields.isTooLarge;
  stream.hasRemoteHead = true;
  core.openStreams += 1;
  core.control.reward(REWARD);
  if (isEnd) stream.isRemoteOpen = false;
  else stream.receiveWindow = new ReceiveWindow(core.streamWindowBytes, core.streamWindowBytes);
  core.events.head(stream, isEnd);
  // Most requests are answered by now, and were never in the table.
  if (stream.isClosed) return;
  stream.isTabled = true;
  core.streams.set(id, stream);
}

function priorityOf(core: Http2Core, id: number): number {
  const updated = core.priorities?.get(id);
  if (updated !== undefined) {
    core.priorities!.delete(id);
    return updated;
  }
  return headFields.priority === null ? NO_PRIORITY : parsePriority(headFields.priority);
}

/** Server: PRIORITY_UPDATE (RFC 9218 §7.1) for a stream, also before its request. */
export function updatePriority(core: Http2Core, id: number, value: string): void {
  const priority = parsePriority(value);
  const stream = core.streams.get(id);
  if (stream === undefined) {
    if (!core.isIdle(id) || !core.isPeerId(id)) return;
    core.priorities ??= new Map();
    if (core.priorities.size < core.limits.maxConcurrentStreams) core.priorities.set(id, priority);
    return;
  }
  stream.urgency = urgencyOf(priority);
  stream.isIncremental = isIncrementalOf(priority);
  if (!stream.isQueued) return;
  core.queue.remove(stream);
  core.queue.add(stream);
}

function receiveResponse(core: Http2Core, stream: Http2Stream, isEnd: boolean): void {
  const violation = responseViolation(headFields);
  if (violation !== null) {
    core.failStream(stream, violation);
    return;
  }
  if (headFields.isTooLarge) {
    core.failStream(stream, 'HTTP2_HEAD_TOO_LARGE');
    return;
  }
  const { status } = headFields;
  const isInterim = status < 200;
  if (isInterim) {
    if (isEnd) {
      core.failStream(stream, 'HTTP2_BAD_STATUS');
      return;
    }
    if (++stream.informational > core.limits.maxInformational) {
      core.failStream(stream, 'HTTP2_TOO_MANY_INFORMATIONAL');
      return;
    }
  }
  // RFC 9110 §8.6: these have the length of what a GET would have got.
  const hasNoBody = stream.method === 'HEAD' || status === 304;
  if (isEnd && !hasNoBody && headFields.contentLength > 0) {
    core.failStream(stream, 'HTTP2_CONTENT_LENGTH_MISMATCH');
    return;
  }
  stream.status = status;
  stream.fields = headFields.toTriples();
  stream.contentLength = headFields.contentLength;
  stream.hasRemoteHead = !isInterim;
  stream.expectsNoBody = hasNoBody;
  if (!isInterim) core.control.reward(REWARD);
  if (isEnd) core.endRemote(stream);
  core.events.head(stream, isEnd);
}

function receiveTrailers(core: Http2Core, stream: Http2Stream, isEnd: boolean): void {
  if (!isEnd) {
    core.failStream(stream, 'HTTP2_UNFINISHED_TRAILERS');
    return;
  }
  if (headFields.violation !== null) {
    core.failStream(stream, headFields.violation);
    return;
  }
  if (headFields.isTooLarge) {
    core.failStream(stream, 'HTTP2_TRAILERS_TOO_LARGE');
    return;
  }
  receiveEnd(core, stream, withoutForbidden(headFields.toTriples()));
}

/** The peer has ended its side of a stream. */
export function receiveEnd(core: Http2Core, stream: Http2Stream, trailers: readonly string[] | null): void {
  if (stream.contentLength >= 0 && !stream.expectsNoBody && stream.received !== stream.contentLength) {
    core.failStream(stream, 'HTTP2_CONTENT_LENGTH_MISMATCH');
    return;
  }
  core.endRemote(stream);
  core.events.end(stream, trailers);
}

function withoutForbidden(fields: string[]): readonly string[] | null {
  let kept = 0;
  for (let index = 0; index < fields.length; index += 3) {
    const name = fields[index]!;
    if (isForbiddenTrailer(name)) continue;
    fields[kept] = name;
    fields[kept + 1] = fields[index + 1]!;
    fields[kept + 2] = name;
    kept += 3;
  }
  fields.length = kept;
  return kept === 0 ? null : fields;
}
