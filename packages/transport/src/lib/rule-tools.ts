import type { Channel, ChannelConsumer, Connection } from '@windhover/core';

/** One rule of the `Channel` contract, to run against a driver. */
export interface ChannelRule {
  readonly name: string;
  run(open: OpenPair): Promise<void>;
}

/** Opens two connected ends of the driver under test. The suite closes them. */
export type OpenPair = () => Promise<readonly [Connection, Connection]>;

/** The calls that a consumer got. */
export interface Recorder {
  readonly calls: string[];
  readonly error: Error | undefined;
  readonly ended: Promise<void>;
  readonly closed: Promise<void>;
  bytes(): Uint8Array;
  text(): string;
  called(name: 'data' | 'drain'): Promise<void>;
}

/** Attaches a consumer that records every call. */
export function record(
  channel: Channel,
  onData: (channel: Channel, chunk: Uint8Array) => void = () => undefined,
): Recorder {
  const chunks: Buffer[] = [];
  const calls: string[] = [];
  const ended = deferred();
  const closed = deferred();
  const recorder = {
    calls,
    error: undefined as Error | undefined,
    ended: ended.promise,
    closed: closed.promise,
    bytes: () => Buffer.concat(chunks),
    text: () => Buffer.concat(chunks).toString('latin1'),
    called: (name: 'data' | 'drain') => until(() => calls.includes(name)),
  };
  channel.attach({
    data: (chunk) => {
      calls.push('data');
      chunks.push(Buffer.from(chunk));
      onData(channel, chunk);
    },
    end: () => {
      calls.push('end');
      ended.resolve();
    },
    drain: () => calls.push('drain'),
    close: (error) => {
      calls.push('close');
      recorder.error = error;
      closed.resolve();
    },
  });
  return recorder;
}

/** A consumer that does nothing. */
export function idle(): ChannelConsumer {
  const nothing = (): void => undefined;
  return { data: nothing, end: nothing, drain: nothing, close: nothing };
}

/** Opens a pair for a rule, and closes it in any case. */
export function withPair(run: (near: Connection, far: Connection) => Promise<void>): (open: OpenPair) => Promise<void> {
  return async (open) => {
    const [near, far] = await open();
    try {
      await run(near, far);
    } finally {
      near.destroy();
      far.destroy();
    }
  };
}

/**
 * Waits a few turns of the event loop: enough for bytes on loopback to arrive, so that "nothing came" means something.
 */
export async function rest(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

export function deferred(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 1));
}

export function latin1(chunk: Uint8Array): string {
  return Buffer.from(chunk).toString('latin1');
}
