const cr = 13;
const lf = 10;

/** Ends lines with CRLF, as `TYPE A` sends them (RFC 959 §3.1.1.1); those that end so already stay. Call it with one chunk after the other. */
export function createToAscii(): (chunk: Uint8Array) => Buffer {
  let last = 0;
  return (chunk) => {
    const out = Buffer.allocUnsafe(chunk.byteLength * 2);
    let length = 0;
    for (const byte of chunk) {
      if (byte === lf && last !== cr) out[length++] = cr;
      out[length++] = byte;
      last = byte;
    }
    return out.subarray(0, length);
  };
}

/** Ends lines with LF. `null` comes last, and returns a CR that nothing followed. */
export function createFromAscii(): (chunk: Uint8Array | null) => Buffer {
  let hasCr = false;
  return (chunk) => {
    if (chunk === null) return hasCr ? Buffer.from([cr]) : Buffer.alloc(0);
    const out = Buffer.allocUnsafe(chunk.byteLength + 1);
    let length = 0;
    for (const byte of chunk) {
      if (hasCr && byte !== lf) out[length++] = cr;
      hasCr = byte === cr;
      if (!hasCr) out[length++] = byte;
    }
    return out.subarray(0, length);
  };
}
