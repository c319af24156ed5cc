import { randomBytes } from 'node:crypto';
import type { ReadBody } from '@windhover/core';
import { type ByteRange, formatContentRange } from '@windhover/http-semantics';
import { staticError } from './errors.ts';
import { closeQuietly } from './file-body.ts';
import type { OpenFile } from './file-source.ts';
import { readUpTo } from './read-up-to.ts';

/** A multipart/byteranges message (RFC 9110 §14.6): heads of parts as bytes, and the ranges of the file between them. */
export interface Multipart {
  /** The value of Content-Type. */
  readonly type: string;
  readonly segments: readonly (Uint8Array | ByteRange)[];
  readonly length: number;
}

/**
 * Lays out several ranges of a file as one message. The boundary is random, so nobody can write a file that contains
 * it.
 */
export function layOutParts(ranges: readonly ByteRange[], size: number, contentType: string): Multipart {
  const boundary = randomBytes(15).toString('base64url');
  const encoder = new TextEncoder();
  const segments: (Uint8Array | ByteRange)[] = [];
  for (const [index, range] of ranges.entries()) {
    const contentRange = formatContentRange({ ...range, length: size });
    const start = `${index === 0 ? '' : '\r\n'}--${boundary}\r\n`;
    segments.push(
      encoder.encode(`${start}Content-Type: ${contentType}\r\nContent-Range: ${contentRange}\r\n\r\n`),
      range,
    );
  }
  segments.push(encoder.encode(`\r\n--${boundary}--\r\n`));
  const length = segments.reduce((sum, segment) => sum + lengthOf(segment), 0);
  return { type: `multipart/byteranges; boundary=${boundary}`, segments, length };
}

/** The whole message, from content in memory. */
export function joinParts({ segments, length }: Multipart, content: Uint8Array): Uint8Array {
  const message = new Uint8Array(length);
  let position = 0;
  for (const segment of segments) {
    message.set(segment instanceof Uint8Array ? segment : content.subarray(segment.start, segment.end + 1), position);
    position += lengthOf(segment);
  }
  return message;
}

/** A message that is read from its file while it is sent. Closing the body closes the file. */
export class MultipartBody implements ReadBody {
  readonly length: number;
  private readonly file: Pick<OpenFile, 'read' | 'close'>;
  private readonly segments: Multipart['segments'];
  private readonly isUnchanged: (() => Promise<boolean>) | null;
  private isClosed = false;

  /** @param isUnchanged see `FileBody` */
  constructor(
    file: Pick<OpenFile, 'read' | 'close'>,
    { segments, length }: Multipart,
    isUnchanged: (() => Promise<boolean>) | null,
  ) {
    this.file = file;
    this.segments = segments;
    this.length = length;
    this.isUnchanged = isUnchanged;
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    let start = 0;
    for (const segment of this.segments) {
      const offset = position - start;
      start += lengthOf(segment);
      if (position >= start) continue;
      const wanted = into.subarray(0, start - position);
      const count = await this.copy(segment, offset, wanted);
      if (position + count === this.length && this.isUnchanged !== null && !(await this.isUnchanged()))
        throw staticError('STATIC_FILE_CHANGED');
      return count;
    }
    return 0;
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    closeQuietly(this.file);
  }

  private async copy(segment: Uint8Array | ByteRange, offset: number, into: Uint8Array): Promise<number> {
    if (!(segment instanceof Uint8Array)) return (await readUpTo(this.file, into, segment.start + offset)).byteLength;
    into.set(segment.subarray(offset, offset + into.byteLength));
    return into.byteLength;
  }
}

function lengthOf(segment: Uint8Array | ByteRange): number {
  return segment instanceof Uint8Array ? segment.byteLength : segment.end - segment.start + 1;
}
