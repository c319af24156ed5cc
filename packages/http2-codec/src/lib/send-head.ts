import { checkRequestHead } from './check-request-head.ts';
import { fail } from './errors.ts';
import { writeFrameHead } from './frame-head.ts';
import { END_HEADERS, END_STREAM, FRAME_HEAD_BYTES, HEADERS, MAX_FRAME_BYTES } from './frame-type.ts';
import { BLOCK_OVERHEAD } from './hpack-encoder.ts';
import { LITERAL_OVERHEAD } from './hpack-literal.ts';
import type { Http2Core } from './http2-core.ts';
import type { Http2Stream, StreamHead } from './http2-stream.ts';
import { isForbiddenTrailer } from './trailer-names.ts';

/** For Content-Length and Date beside the fields. */
const OWN_FIELDS = 96;
const COLON = 0x3a;

/** Sends a head of a response. */
export function sendResponse(
  core: Http2Core,
  stream: Http2Stream,
  status: number,
  fields: readonly string[] | null,
  isEnd: boolean,
  contentLength: number,
  date: string,
): void {
  if (!stream.isLocalOpen || core.isOver) return;
  if (!Number.isInteger(status) || status < 100 || status > 999 || status === 101) fail('HTTP2_INVALID_STATUS');
  const isInterim = status < 200;
  if (stream.hasFinalHead || (isInterim && isEnd)) fail('HTTP2_INVALID_ORDER');
  const { encoder } = core;
  const block = new BlockTarget(core, boundOf(fields) + OWN_FIELDS + date.length);
  const { target } = block;
  let at = encoder.status(target, encoder.begin(target, block.start), status);
  try {
    if (date !== '') at = encoder.field(target, at, 'date', date);
    if (fields !== null) at = writeFields(core, target, at, fields);
  } catch (error) {
    encoder.abandon();
    throw error;
  }
  if (contentLength >= 0) at = encoder.contentLength(target, at, contentLength);
  stream.hasFinalHead = !isInterim;
  block.send(core, stream.id, at, isEnd);
  if (isEnd) core.endLocal(stream);
}

/** Sends the head of a request. */
export function sendRequest(
  core: Http2Core,
  id: number,
  head: StreamHead,
  fields: readonly string[],
  isEnd: boolean,
): void {
  const { encoder } = core;
  const { method, scheme, authority, path, protocol } = head;
  checkRequestHead(head);
  const size = method.length + scheme.length + authority.length + path.length + (protocol?.length ?? 0);
  const block = new BlockTarget(core, boundOf(fields) + size + 5 * LITERAL_OVERHEAD + 48);
  const { target } = block;
  let at = encoder.begin(target, block.start);
  try {
    at = encoder.method(target, at, method);
    if (protocol !== null) at = encoder.field(target, at, ':protocol', protocol);
    if (scheme !== '') at = encoder.scheme(target, at, scheme);
    if (authority !== '') at = encoder.field(target, at, ':authority', authority);
    if (path !== '') at = encoder.path(target, at, path);
    at = writeFields(core, target, at, fields);
  } catch (error) {
    encoder.abandon();
    throw error;
  }
  block.send(core, id, at, isEnd);
}

/** Sends trailers, which end the stream. Fields that RFC 9110 §6.5.1 forbids there are left out. */
export function sendTrailers(core: Http2Core, stream: Http2Stream, fields: readonly string[]): void {
  if (!stream.isLocalOpen || core.isOver) return;
  if (!stream.hasFinalHead || stream.isWaiting) fail('HTTP2_INVALID_ORDER');
  const { encoder } = core;
  const block = new BlockTarget(core, boundOf(fields));
  let at = encoder.begin(block.target, block.start);
  try {
    for (let index = 0; index < fields.length; index += 3) {
      const name = fields[index]!;
      refusePseudo(name);
      if (!isForbiddenTrailer(name)) at = encoder.field(block.target, at, name, fields[index + 1]!);
    }
  } catch (error) {
    encoder.abandon();
    throw error;
  }
  block.send(core, stream.id, at, true);
  core.endLocal(stream);
}

/** Where a block is encoded: in the output itself, or in memory of its own if it needs several frames. */
class BlockTarget {
  readonly target: Uint8Array;
  readonly start: number;
  readonly #isInPlace: boolean;

  constructor(core: Http2Core, bound: number) {
    this.#isInPlace = bound <= MAX_FRAME_BYTES;
    this.target = this.#isInPlace ? core.writer.reserve(FRAME_HEAD_BYTES + bound) : new Uint8Array(bound);
    this.start = this.#isInPlace ? core.writer.position + FRAME_HEAD_BYTES : 0;
  }

  send({ writer }: Http2Core, id: number, end: number, isEnd: boolean): void {
    if (!this.#isInPlace) {
      writer.headers(id, this.target.subarray(0, end), isEnd);
      return;
    }
    const flags = isEnd ? END_HEADERS | END_STREAM : END_HEADERS;
    writeFrameHead(this.target, writer.position, end - this.start, HEADERS, flags, id);
    writer.commit(end);
  }
}

function boundOf(fields: readonly string[] | null): number {
  let bound = BLOCK_OVERHEAD;
  if (fields === null) return bound;
  for (let index = 0; index < fields.length; index += 3)
    bound += fields[index]!.length + fields[index + 1]!.length + LITERAL_OVERHEAD;
  return bound;
}

function writeFields({ encoder }: Http2Core, target: Uint8Array, at: number, fields: readonly string[]): number {
  let position = at;
  for (let index = 0; index < fields.length; index += 3) {
    const name = fields[index]!;
    refusePseudo(name);
    position = encoder.field(target, position, name, fields[index + 1]!);
  }
  return position;
}

/** A second `:status` among the fields, say, would make another message of this one. */
function refusePseudo(name: string): void {
  if (name.charCodeAt(0) === COLON) fail('HTTP2_INVALID_FIELD');
}
