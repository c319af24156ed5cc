import { GhostKeys } from './ghost-keys.ts';

/** An object that `S3Fifo` orders. Its fields belong to the queue. */
export interface Queued {
  readonly name: string;
  readonly bytes: number;
  /** How often it was used, up to 3. */
  uses: number;
  queue: Fifo | null;
  before: Queued | null;
  after: Queued | null;
}

/** A queue in which removal from any place costs the same. */
class Fifo {
  bytes = 0;
  first: Queued | null = null;
  private last: Queued | null = null;

  push(item: Queued): void {
    item.queue = this;
    item.before = this.last;
    item.after = null;
    if (this.last === null) this.first = item;
    else this.last.after = item;
    this.last = item;
    this.bytes += item.bytes;
  }

  remove(item: Queued): void {
    if (item.before === null) this.first = item.after;
    else item.before.after = item.after;
    if (item.after === null) this.last = item.before;
    else item.after.before = item.before;
    item.queue = item.before = item.after = null;
    this.bytes -= item.bytes;
  }
}

/**
 * Decides which objects stay in a memory of limited size, by S3-FIFO: new objects pass through a small queue, and only those that are used there again
 * enter the main one. A scan of many URLs that nobody asks for twice cannot push out what is in use.
 */
export class S3Fifo {
  private readonly small = new Fifo();
  private readonly main = new Fifo();
  private readonly ghosts: GhostKeys;
  private readonly maxBytes: number;
  private readonly drop: (item: Queued) => void;

  /** @param drop called for each object that has to go */
  constructor(maxBytes: number, drop: (item: Queued) => void) {
    this.maxBytes = maxBytes;
    this.drop = drop;
    const wanted = Math.min(2 ** 20, Math.max(2 ** 10, maxBytes / 1024));
    this.ghosts = new GhostKeys(2 ** Math.ceil(Math.log2(wanted)));
  }

  get bytes(): number {
    return this.small.bytes + this.main.bytes;
  }

  add(item: Queued): void {
    if (this.ghosts.take(item.name)) this.main.push(item);
    else this.small.push(item);
    while (this.bytes > this.maxBytes) this.evict();
  }

  remove(item: Queued): void {
    item.queue?.remove(item);
  }

  private evict(): void {
    const isSmallFull = this.small.bytes > this.maxBytes / 10 || this.main.first === null;
    if (isSmallFull && this.small.first !== null) this.evictSmall(this.small.first);
    else if (this.main.first !== null) this.evictMain(this.main.first);
  }

  private evictSmall(item: Queued): void {
    this.small.remove(item);
    if (item.uses > 0) {
      item.uses = 0;
      this.main.push(item);
      return;
    }
    this.ghosts.add(item.name);
    this.drop(item);
  }

  private evictMain(item: Queued): void {
    this.main.remove(item);
    if (item.uses === 0) {
      this.drop(item);
      return;
    }
    item.uses -= 1;
    this.main.push(item);
  }
}
