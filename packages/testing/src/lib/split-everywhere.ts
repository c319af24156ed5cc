interface Split {
  readonly name: string;
  readonly chunks: Uint8Array[];
}

/**
 * Runs with the bytes in one chunk, in two chunks for every possible split, and byte by byte, because a parser must not
 * depend on how a socket splits its input. A string is read as latin1. Returns a promise if `run` does; an error names
 * the split.
 */
export function splitEverywhere<R extends void | Promise<void>>(
  bytes: Uint8Array | string,
  run: (chunks: Uint8Array[]) => R,
): R {
  const whole = typeof bytes === 'string' ? Uint8Array.from(bytes, (character) => character.charCodeAt(0)) : bytes;
  const splits = splitsOf(whole);
  const goOn = (): void | Promise<void> => {
    for (let split = splits.next(); split.done !== true; split = splits.next()) {
      const { name, chunks } = split.value;
      try {
        const pending = run(chunks);
        if (pending !== undefined) return pending.then(goOn, (error: unknown) => rethrow(name, error));
      } catch (error) {
        rethrow(name, error);
      }
    }
  };
  return goOn() as R;
}

function* splitsOf(bytes: Uint8Array): Generator<Split> {
  yield { name: 'in one chunk', chunks: [bytes.slice()] };
  for (let at = 1; at < bytes.byteLength; at++) {
    yield { name: `split at byte ${at}`, chunks: [bytes.slice(0, at), bytes.slice(at)] };
  }
  yield { name: 'byte by byte', chunks: Array.from(bytes, (byte) => Uint8Array.of(byte)) };
}

function rethrow(name: string, error: unknown): never {
  if (error instanceof Error) error.message = `${name}: ${error.message}`;
  throw error;
}
