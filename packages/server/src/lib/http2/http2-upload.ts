import type { Http2Stream } from '@windhover/http2-codec';
import type { BodySource } from '../body-source.ts';
import { KeptBytes } from '../kept-bytes.ts';

/**
 * The request body of a stream. The client may send as much as the window says, so bytes that no reader wants yet are
 * kept; the window opens again only for what the reader has taken.
 */
export class Http2Upload {
  /** How many bytes have arrived. */
  receivedBytes = 0;
  private readonly stream: Http2Stream;
  private readonly source: BodySource;
  private readonly kept = new KeptBytes();
  private isPumping = false;
  private isOver = false;
  /** Set when the client has sent everything: the fields after its last byte. */
  private ending: { readonly trailers: readonly string[] | null } | null = null;

  constructor(stream: Http2Stream, source: BodySource) {
    this.stream = stream;
    this.source = source;
  }

  arrived(bytes: Uint8Array): void {
    this.receivedBytes += bytes.byteLength;
    if (this.kept.size > 0 || this.isPumping || !this.source.isWanted) {
      this.kept.add(new Uint8Array(bytes));
      return;
    }
    this.source.push(bytes);
    this.stream.credit(bytes.byteLength);
    this.wantedChanged(); // the reader may have cancelled, or asked for what has arrived meanwhile
  }

  ended(trailers: readonly string[] | null): void {
    this.ending = { trailers };
    this.wantedChanged();
  }

  /** The stream is gone: nobody gets what is kept, however long the handler lives on. */
  gone(): void {
    this.isOver = true;
    this.kept.take();
  }

  /** The reader wants bytes now, or none any more. */
  wantedChanged(): void {
    if (this.isPumping || this.isOver) return;
    if (this.source.isCancelled) {
      this.kept.take();
      this.stream.discard();
    }
    this.isPumping = true;
    while (this.kept.size > 0 && this.source.isWanted) {
      const bytes = this.kept.take();
      this.source.push(bytes);
      this.stream.credit(bytes.byteLength);
    }
    this.isPumping = false;
    if (this.isOver || this.ending === null || this.kept.size > 0) return;
    this.isOver = true;
    const { trailers } = this.ending;
    this.source.finish(trailers === null ? undefined : pairs(trailers));
  }
}

function* pairs(fields: readonly string[]): Generator<readonly [string, string]> {
  for (let index = 0; index < fields.length; index += 3) yield [fields[index]!, fields[index + 1]!];
}
