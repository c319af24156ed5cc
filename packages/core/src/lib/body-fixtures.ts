import type { BodySink, PushBody } from './body.ts';
import type { HeaderInit } from './header-init.ts';

/** A sink that writes down what happens to it. */
export class RecordingSink implements BodySink {
  readonly chunks: Uint8Array[] = [];
  trailers: HeaderInit | undefined;
  error: Error | null = null;
  ends = 0;
  /** Resolves when the body has ended or failed. */
  readonly over: Promise<void>;
  private readonly onWrite: (chunk: Uint8Array, given: boolean) => boolean;
  private finish: () => void = () => undefined;

  constructor(onWrite: (chunk: Uint8Array, given: boolean) => boolean = () => true) {
    this.onWrite = onWrite;
    this.over = new Promise((resolve) => {
      this.finish = resolve;
    });
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }

  write(chunk: Uint8Array, given = false): boolean {
    this.chunks.push(new Uint8Array(chunk)); // `slice` of a Buffer would be a view
    return this.onWrite(chunk, given);
  }

  end(trailers?: HeaderInit): void {
    this.ends += 1;
    this.trailers = trailers;
    this.finish();
  }

  fail(error: Error): void {
    if (this.error !== null) throw new Error('fail() was called twice');
    this.error = error;
    this.finish();
  }
}

/** A body that a test pushes by hand; it lends every chunk and overwrites it afterwards. */
export class ManualBody implements PushBody {
  readonly length: number | null;
  readonly calls: string[] = [];
  sink: BodySink | null = null;

  constructor(length: number | null = null) {
    this.length = length;
  }

  start(sink: BodySink): void {
    this.calls.push('start');
    this.sink = sink;
  }

  pause(): void {
    this.calls.push('pause');
  }

  resume(): void {
    this.calls.push('resume');
  }

  cancel(reason: Error): void {
    this.calls.push(`cancel: ${reason.message}`);
  }

  /** Lends the text as one chunk and poisons it. */
  lend(text: string): boolean {
    const chunk = Buffer.from(text);
    const goesOn = this.sink!.write(chunk);
    chunk.fill(0x2a);
    return goesOn;
  }

  end(trailers?: HeaderInit): void {
    this.sink!.end(trailers);
  }
}

/** Lets everything that waits for promises happen. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
