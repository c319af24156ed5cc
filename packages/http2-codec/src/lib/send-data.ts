import { fail } from './errors.ts';
import { MAX_FRAME_BYTES } from './frame-type.ts';
import type { Http2Core } from './http2-core.ts';
import type { Http2Stream } from './http2-stream.ts';

/** A DATA frame of that size earns the peer WINDOW_UPDATEs; smaller ones would pay for a flood of tiny windows. */
const USEFUL_BYTES = 256;
const REWARD = 2;

/** Sends as much as is allowed; returns how many bytes that were. */
export function sendData(core: Http2Core, stream: Http2Stream, content: Uint8Array | string, isEnd: boolean): number {
  if (!stream.isLocalOpen || core.isOver) return 0;
  if (!stream.hasFinalHead) fail('HTTP2_INVALID_ORDER');
  const { length } = content;
  if (length === 0) {
    if (!isEnd) return 0;
    if (stream.isWaiting) fail('HTTP2_INVALID_ORDER');
    core.writer.data(stream.id, '', 0, 0, true);
    core.endLocal(stream);
    return 0;
  }
  const sent = maySend(core, stream) ? sendFrames(core, stream, content, isEnd) : 0;
  if (!stream.isLocalOpen) return sent;
  if (sent < length) wait(core, stream);
  else if (isEnd) core.endLocal(stream);
  return sent;
}

/** Whether something can be sent at once. If not, the stream waits for its turn. */
export function mayWrite(core: Http2Core, stream: Http2Stream): boolean {
  if (!stream.isLocalOpen || core.isOver) return false;
  const isOpen = !core.isBlocked && core.sendWindow > 0 && stream.sendWindow > 0;
  if (isOpen && maySend(core, stream)) return true;
  if (!stream.isWaiting) wait(core, stream);
  return false;
}

/** Calls `writable` for streams that wait, in order of priority, as long as something can be sent. */
export function serveQueue(core: Http2Core): void {
  if (core.current !== null) return;
  while (!core.isBlocked && core.sendWindow > 0 && !core.isOver) {
    const stream = core.queue.take();
    if (stream === undefined) break;
    stream.isWaiting = false;
    core.current = stream;
    core.events.writable(stream);
  }
  core.current = null;
}

/** The window of a stream has grown. */
export function windowOpened(core: Http2Core, stream: Http2Stream): void {
  if (stream.isWaiting && !stream.isQueued && stream.sendWindow > 0) core.queue.add(stream);
}

/** Streams in the queue come first; there are some only while the connection cannot send, or while they are served. */
function maySend(core: Http2Core, stream: Http2Stream): boolean {
  return !stream.isWaiting && (core.queue.length === 0 || core.current === stream);
}

function sendFrames(core: Http2Core, stream: Http2Stream, content: Uint8Array | string, isEnd: boolean): number {
  const most = core.queue.length === 0 ? content.length : Math.min(content.length, MAX_FRAME_BYTES);
  let sent = 0;
  while (sent < most && !core.isBlocked && stream.isLocalOpen && !core.isOver) {
    const bytes = Math.min(most - sent, stream.sendWindow, core.sendWindow, MAX_FRAME_BYTES);
    if (bytes <= 0) break;
    stream.sendWindow -= bytes;
    core.sendWindow -= bytes;
    const start = sent;
    sent += bytes;
    const isLast = isEnd && sent === content.length;
    core.sentBytes += bytes;
    core.writer.data(stream.id, content, start, bytes, isLast);
    if (bytes >= USEFUL_BYTES || isLast) core.control.reward(REWARD);
  }
  return sent;
}

function wait(core: Http2Core, stream: Http2Stream): void {
  stream.isWaiting = true;
  windowOpened(core, stream);
}
