import { describe, expect, it } from 'vitest';
import { createFromAscii, createToAscii } from './ascii.ts';

function inSplits(text: string, make: () => (chunk: Uint8Array | null) => Buffer): Set<string> {
  const results = new Set<string>();
  for (let at = 0; at <= text.length; at += 1) {
    const convert = make();
    const parts = [text.slice(0, at), text.slice(at)].map((part) => convert(Buffer.from(part)));
    results.add(Buffer.concat([...parts, convert(null)]).toString());
  }
  return results;
}

describe('createToAscii()', () => {
  it('sends CRLF for every line in every split', () => {
    const toAscii = () => {
      const convert = createToAscii();
      return (chunk: Uint8Array | null) => (chunk === null ? Buffer.alloc(0) : convert(chunk));
    };
    expect([...inSplits('a\nb\r\nc\n\n', toAscii)]).toEqual(['a\r\nb\r\nc\r\n\r\n']);
  });
});

describe('createFromAscii()', () => {
  it('keeps LF of CRLF, and a CR alone, in every split', () => {
    expect([...inSplits('a\r\nb\nc\rd\r\r\ne\r', createFromAscii)]).toEqual(['a\nb\nc\rd\r\ne\r']);
  });
});
