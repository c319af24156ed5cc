/** Decodes an ASCII text in which `%xx` stands for any byte. Every `%` must begin such a triplet. */
export function percentDecodeBytes(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const [piece] of text.matchAll(/%..|[^%]/gs)) {
    bytes.push(piece.length === 3 ? Number.parseInt(piece.slice(1), 16) : piece.charCodeAt(0));
  }
  return Uint8Array.from(bytes);
}
