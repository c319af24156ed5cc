import { type ResponseHead, ResponseParser } from '@windhover/http-parser';
import { BodyRun } from './body-run.ts';

/** What a reader tells its connection, in the order of the bytes. */
export interface ResponseReaderOwner {
  /** Whether an answer is awaited or under way. */
  readonly isReading: boolean;
  /** Whether nobody takes more of it at present. */
  readonly isHeld: boolean;
  /** Whether what follows the head belongs to a tunnel. */
  readonly isTunnelling: boolean;
  /** Bytes that were not read: they come again. */
  unread(bytes: Uint8Array): void;
  /** `offset` is where the head ended. Returns how far the chunk was read. */
  receivedHead(head: ResponseHead, chunk: Uint8Array, offset: number): number;
  receivedBody(bytes: Uint8Array): void;
  /** The message is over; `hasMore`: bytes follow it. */
  receivedEnd(hasMore: boolean): void;
  startTunnel(rest: Uint8Array): void;
}

/** Reads the answers of a connection, one after the other. */
export class ResponseReader {
  private readonly owner: ResponseReaderOwner;
  private readonly parser = new ResponseParser();
  private readonly run = new BodyRun();

  constructor(owner: ResponseReaderOwner) {
    this.owner = owner;
  }

  get head(): ResponseHead {
    return this.parser.head;
  }

  get trailers(): readonly string[] | null {
    return this.parser.trailers;
  }

  /** The next answer is that to a request with this method. */
  expect(method: string): void {
    this.parser.expect(method);
  }

  read(chunk: Uint8Array): void {
    const { owner, parser, run } = this;
    let offset = 0;
    for (;;) {
      if (!owner.isReading) return;
      if (owner.isHeld && offset < chunk.byteLength) {
        owner.unread(chunk.subarray(offset));
        return;
      }
      const event = parser.read(chunk, offset);
      offset = parser.offset;
      if (event === 'body') {
        run.add(chunk, parser.bodyStart, parser.bodyEnd);
        continue;
      }
      if (!run.isEmpty) owner.receivedBody(run.take(chunk));
      if (event === 'need-more') return;
      if (event === 'head') offset = owner.receivedHead(parser.head, chunk, offset);
      else if (owner.isTunnelling) {
        owner.startTunnel(chunk.subarray(offset));
        return;
      } else owner.receivedEnd(offset < chunk.byteLength);
    }
  }

  /** Reads to the end of a message that is wholly in the chunk. Returns where it ended. */
  skipBody(chunk: Uint8Array, start: number): number {
    const { parser } = this;
    let offset = start;
    while (parser.read(chunk, offset) !== 'end') offset = parser.offset;
    return parser.offset;
  }

  /** The upstream has sent its end. Returns whether that ends an answer. */
  finish(): boolean {
    return this.parser.finish() === 'end';
  }
}
