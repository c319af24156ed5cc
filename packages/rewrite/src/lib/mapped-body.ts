import type { BodySink, HeaderInit, PushBody } from '@windhover/core';

/** Changes the text of a body piece by piece. It may keep back the end of a piece until it has seen more. */
export interface TextChanger {
  /** The text that is certain by now. */
  push(text: string): string;
  /** The rest. */
  end(): string;
}

/** A body whose bytes are changed while it is read. One character of the text is one byte, whatever the charset. */
export class MappedBody implements PushBody {
  readonly length = null;
  readonly #source: PushBody;
  readonly #changer: TextChanger;

  constructor(source: PushBody, changer: TextChanger) {
    this.#source = source;
    this.#changer = changer;
  }

  start(sink: BodySink): void {
    const changer = this.#changer;
    const write = (text: string): boolean => text === '' || sink.write(Buffer.from(text, 'latin1'), true);
    this.#source.start({
      write: (chunk) => write(changer.push(asBytes(chunk).toString('latin1'))),
      end(trailers?: HeaderInit) {
        write(changer.end());
        sink.end(trailers);
      },
      fail: (error) => sink.fail(error),
    });
  }

  pause(): void {
    this.#source.pause();
  }

  resume(): void {
    this.#source.resume();
  }

  cancel(reason: Error): void {
    this.#source.cancel(reason);
  }
}

function asBytes(chunk: Uint8Array): Buffer {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
