import { blockBytes, giveBackBlock, takeBlock } from './block-pool.ts';

/** A client is fast that has sent so much; the others do not need blocks. */
const fastBytes = 128 * 1024;
/** A block in which less is left is full: short reads cost as much as long ones. */
const leastBytes = 64 * 1024;
/** Two blocks for each fast upload; smaller ones for all but some. */
const smallBlockBytes = 320 * 1024;
const maxLarge = 8;
let largeNow = 0;

/** Where all reads go that go into no block: each is over before the next one begins. */
const passing = Buffer.allocUnsafeSlow(64 * 1024);

/** Bytes that came one after the other. `block` is -1 for a copy of their own. */
interface Part {
  readonly block: number;
  readonly bytes: Buffer;
  readonly from: number;
  to: number;
}

/**
 * Received bytes on their way to the disk, in two blocks: while one is written, the socket reads into the other, without a copy. For sockets that
 * cannot read into it, the bytes are copied.
 */
export class ReceiveSpace {
  private readonly blocks: Buffer[] = [];
  private size = 0;
  private current = 0;
  private filled = 0;
  private total = 0;
  private parts: Part[] = [];
  private lent: Part | null = null;
  private isDirect = false;

  /** Bytes that wait. */
  waiting = 0;

  /** From now on the socket reads into the blocks. Only for one whose bytes nobody changes before they come to `take`. */
  readDirectly(): void {
    this.isDirect = true;
  }

  /** Where the socket reads next. */
  next(): Uint8Array {
    return (this.isDirect && this.total >= fastBytes ? this.space(leastBytes) : null) ?? passing;
  }

  /** Takes a chunk that has come. If it was not read into a block it is copied. */
  take(chunk: Uint8Array): void {
    const length = chunk.byteLength;
    this.total += length;
    this.waiting += length;
    const block = this.blocks.findIndex((each) => each.buffer === chunk.buffer);
    if (block >= 0) {
      this.add(block, this.blocks[block]!, chunk.byteOffset, length);
      this.filled = chunk.byteOffset + length;
    } else if (this.isDirect || this.total < fastBytes) {
      // The socket may be about to read into the block: nothing else goes there.
      this.add(-1, Buffer.from(chunk), 0, length);
    } else this.copy(chunk);
  }

  /** The bytes that came first, lent until the next call; `null`: none wait. */
  lend(): Uint8Array | null {
    this.lent = this.parts.shift() ?? null;
    if (this.lent === null) return null;
    const { bytes, from, to } = this.lent;
    this.waiting -= to - from;
    return bytes.subarray(from, to);
  }

  /** Gives up the blocks; the socket is closed, or has ended. */
  close(): void {
    if (this.size === blockBytes) largeNow -= 1;
    this.size = 0;
    this.isDirect = false;
    // A part that is lent is perhaps being written still.
    if (this.lent !== null || this.parts.length > 0) return;
    for (const block of this.blocks.splice(0)) giveBackBlock(block);
  }

  private copy(chunk: Uint8Array): void {
    const { byteLength } = chunk;
    const space = byteLength <= smallBlockBytes ? this.space(byteLength) : null;
    if (space === null) {
      this.add(-1, Buffer.from(chunk), 0, byteLength);
      return;
    }
    space.set(chunk);
    this.add(this.current, this.blocks[this.current]!, this.filled, byteLength);
    this.filled += byteLength;
  }

  /** What is left of the block, or of the other one; `null`: both are full. */
  private space(needed: number): Uint8Array | null {
    if (this.size === 0) {
      this.size = largeNow < maxLarge ? blockBytes : smallBlockBytes;
      if (this.size === blockBytes) largeNow += 1;
    }
    if (this.isFree(this.current)) this.filled = 0;
    else if (this.size - this.filled < needed) {
      if (!this.isFree(1 - this.current)) return null;
      this.current = 1 - this.current;
      this.filled = 0;
    }
    this.blocks[this.current] ??= this.size === blockBytes ? takeBlock() : Buffer.allocUnsafeSlow(this.size);
    return this.blocks[this.current]!.subarray(this.filled);
  }

  private isFree(block: number): boolean {
    return this.lent?.block !== block && this.parts.every((part) => part.block !== block);
  }

  private add(block: number, bytes: Buffer, from: number, length: number): void {
    const last = this.parts.at(-1);
    if (last !== undefined && block >= 0 && last.block === block && last.to === from) last.to += length;
    else this.parts.push({ block, bytes, from, to: from + length });
  }
}
