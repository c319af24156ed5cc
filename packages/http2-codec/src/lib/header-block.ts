/** Collects the parts of a header block that comes in several frames (RFC 9113 §4.3). */
export class HeaderBlock {
  /** The stream, or 0 if no block is open. */
  id = 0;
  isEnd = false;
  /** Copies. */
  #parts: Uint8Array[] = [];
  #bytes = 0;

  /** Opens a block with its first part, which is copied. */
  open(id: number, isEnd: boolean, part: Uint8Array): void {
    this.id = id;
    this.isEnd = isEnd;
    this.#parts = [new Uint8Array(part)];
    this.#bytes = part.length;
  }

  add(part: Uint8Array): void {
    this.#parts.push(new Uint8Array(part));
    this.#bytes += part.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** How many CONTINUATION frames there were. */
  get continuations(): number {
    return this.#parts.length - 1;
  }

  /** Closes the block and returns all of it. */
  close(): Uint8Array {
    const whole = new Uint8Array(this.#bytes);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    this.id = 0;
    this.#parts = [];
    return whole;
  }
}
