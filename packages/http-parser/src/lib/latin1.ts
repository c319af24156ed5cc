type Decode = (bytes: Uint8Array, start: number, end: number) => string;

// `Buffer` decodes several times faster than any loop. It is looked up, never imported, because not every runtime has
// it.
const latin1Slice = (
  globalThis as { Buffer?: { prototype?: { latin1Slice?: (this: Uint8Array, start: number, end: number) => string } } }
).Buffer?.prototype?.latin1Slice;

/** Decodes the bytes from `start` to `end` into a string, one character per byte. */
export const decodeLatin1: Decode =
  latin1Slice === undefined ? decodeLatin1Portably : (bytes, start, end) => latin1Slice.call(bytes, start, end);

/** The same without the runtime's help. (`TextDecoder('latin1')` is windows-1252.) */
export function decodeLatin1Portably(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let position = start; position < end; position += 4096) {
    const codes = bytes.subarray(position, Math.min(position + 4096, end));
    text += String.fromCharCode.apply(null, codes as unknown as number[]);
  }
  return text;
}

/** Encodes a string whose characters are all latin1. */
export function encodeLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
