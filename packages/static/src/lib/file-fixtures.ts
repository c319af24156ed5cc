import type { FileFacts } from './file-facts.ts';
import type { OpenFile } from './file-source.ts';

/** Long ago for the clock of any file system, so that later writes get different times. */
const bornMs = Date.UTC(2020, 0, 1);

/** An open file in memory, which tests change between two calls. */
export class FakeFile {
  reads = 0;
  isOpen = true;
  /** Runs after each `read()`, with the number of reads so far. */
  afterRead: (count: number) => void = () => undefined;
  private content: Buffer;
  private ctimeMs = bornMs;

  constructor(content: string | Buffer) {
    this.content = Buffer.from(content);
  }

  /** Overwrites it in place. Its time of writing stays as a tool has set it. */
  write(content: string | Buffer, at = 0): void {
    const bytes = Buffer.from(content);
    this.content = Buffer.concat([this.content.subarray(0, at), bytes, this.content.subarray(at + bytes.byteLength)]);
    this.ctimeMs += 60_000;
  }

  /** Truncates it, and writes nothing yet. */
  truncate(size: number): void {
    this.content = this.content.subarray(0, size);
    this.ctimeMs += 60_000;
  }

  /** Changes an attribute, for example its mode; the content stays. */
  touch(): void {
    this.ctimeMs += 60_000;
  }

  /** Sets its time of change to now, so that the next write may get the same time. */
  makeYoung(nowMs: number): void {
    this.ctimeMs = nowMs;
  }

  /** Overwrites it within one step of its clock. */
  writeUnseen(content: string | Buffer): void {
    this.content = Buffer.from(content);
  }

  /** The file as it is opened now: later writes do not change `facts`. */
  get opened(): OpenFile {
    return {
      facts: this.facts(),
      look: () => this.look(),
      read: (into, position) => this.read(into, position),
      close: () => this.close(),
    };
  }

  async look(): Promise<FileFacts> {
    return this.facts();
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    const bytes = this.content.subarray(position, position + into.byteLength);
    into.set(bytes);
    this.reads += 1;
    this.afterRead(this.reads);
    return bytes.byteLength;
  }

  async close(): Promise<void> {
    this.isOpen = false;
  }

  facts(): FileFacts {
    return {
      id: '1:2',
      size: this.content.byteLength,
      mtimeNs: BigInt(bornMs) * 1_000_000n,
      ctimeNs: BigInt(this.ctimeMs) * 1_000_000n,
    };
  }
}
