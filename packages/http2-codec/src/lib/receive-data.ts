import type { Http2Core } from './http2-core.ts';
import type { Http2Stream } from './http2-stream.ts';

/** A DATA frame of that size earns the peer a frame without work, as those that ping with their messages do. */
const USEFUL_BYTES = 64;

/**
 * Takes the head of a DATA frame; returns the stream that gets its bytes, or null. `length` is that of the payload,
 * `bodyBytes` that without padding.
 */
export function beginData(
  core: Http2Core,
  id: number,
  length: number,
  bodyBytes: number,
  isEnd: boolean,
): Http2Stream | null {
  if (id === 0) {
    core.fail('HTTP2_BAD_STREAM_ID');
    return null;
  }
  core.receiveWindow.left -= length;
  if (core.receiveWindow.left < 0) {
    core.fail('HTTP2_CONNECTION_WINDOW_EXCEEDED');
    return null;
  }
  const stream = core.streams.get(id);
  if (stream === undefined) closedData(core, id, length);
  else if (isAcceptable(core, stream, length, bodyBytes)) {
    if (bodyBytes === 0 && !isEnd && !core.spendControl(1)) return null;
    takeData(core, stream, length, bodyBytes);
    return stream;
  }
  // Nobody gets these bytes, but the peer's window for the connection must not shrink for ever.
  core.creditConnection(length);
  return null;
}

function closedData(core: Http2Core, id: number, length: number): void {
  if (core.isIdle(id)) core.fail('HTTP2_IDLE_STREAM');
  else if (!core.isIgnored(id)) core.refuse(id, 'HTTP2_FRAME_AFTER_END');
  else if (length === 0) core.spendControl(1);
}

function isAcceptable(core: Http2Core, stream: Http2Stream, length: number, bodyBytes: number): boolean {
  if (!stream.isRemoteOpen) {
    core.failStream(stream, 'HTTP2_FRAME_AFTER_END');
    return false;
  }
  if (!stream.hasRemoteHead) {
    core.failStream(stream, 'HTTP2_DATA_BEFORE_HEAD');
    return false;
  }
  if (stream.receiveWindow!.left < length) {
    core.failStream(stream, 'HTTP2_STREAM_WINDOW_EXCEEDED');
    return false;
  }
  const most = stream.expectsNoBody ? 0 : stream.contentLength;
  if ((most >= 0 || stream.expectsNoBody) && stream.received + bodyBytes > most) {
    core.failStream(stream, 'HTTP2_CONTENT_LENGTH_MISMATCH');
    return false;
  }
  return true;
}

function takeData(core: Http2Core, stream: Http2Stream, length: number, bodyBytes: number): void {
  stream.receiveWindow!.left -= length;
  stream.received += bodyBytes;
  if (bodyBytes >= USEFUL_BYTES) core.control.reward(1);
  if (stream.isDiscarding) core.creditConnection(bodyBytes);
  else stream.uncredited += bodyBytes;
  if (length === bodyBytes) return;
  core.creditConnection(length - bodyBytes);
  core.creditStream(stream, length - bodyBytes);
}
