import type { FixedBytes, ReadBody } from '@windhover/core';

/** Bytes in memory that never change, so that many answers can send them at once. */
export class FixedBody implements ReadBody {
  readonly length: number;
  readonly fixed: FixedBytes;

  constructor(bytes: Uint8Array) {
    this.length = bytes.byteLength;
    this.fixed = { bytes, kept: undefined };
  }

  read(into: Uint8Array, position: number): number {
    const part = this.fixed.bytes.subarray(position, position + into.byteLength);
    into.set(part);
    return part.byteLength;
  }

  close(): void {
    // holds nothing open
  }
}
