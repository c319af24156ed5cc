interface LatinMethods {
  latin1Slice?(this: Uint8Array, start: number, end: number): string;
  latin1Write?(this: Uint8Array, text: string, offset: number, length: number): number;
}

// `Buffer` is several times faster than any loop. It is looked up, never imported, because not every runtime has it.
const methods = (globalThis as { Buffer?: { prototype?: LatinMethods } }).Buffer?.prototype;
const latin1Slice = methods?.latin1Slice;
const latin1Write = methods?.latin1Write;

/** For shorter strings a loop is faster than a call into the runtime. */
const SHORT = 48;

/** Decodes the bytes from `start` to `end` into a string, one character per byte. */
export function decodeLatin1(bytes: Uint8Array, start: number, end: number): string {
  if (latin1Slice !== undefined) return latin1Slice.call(bytes, start, end);
  let text = '';
  for (let position = start; position < end; position += 4096) {
    const codes = bytes.subarray(position, Math.min(position + 4096, end));
    text += String.fromCharCode.apply(null, codes as unknown as number[]);
  }
  return text;
}

/** Writes a latin1 string at `at`, where it must fit; returns the position after it. */
export function writeLatin1(target: Uint8Array, at: number, text: string): number {
  const { length } = text;
  if (length < SHORT || latin1Write === undefined)
    for (let index = 0; index < length; index++) target[at + index] = text.charCodeAt(index);
  else latin1Write.call(target, text, at, length);
  return at + length;
}
