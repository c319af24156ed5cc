import { describe, expect, it } from 'vitest';
import { answerHint } from './answer-hint.ts';

describe('answerHint()', () => {
  it('knows the SETTINGS that a server of HTTP/2 begins with, empty or not', () => {
    const hint = ' (it is HTTP/2 without TLS; the protocol http2 would reach it)';
    expect(answerHint(Uint8Array.of(0, 0, 0, 4, 0, 0, 0, 0, 0))).toBe(hint);
    expect(answerHint(Uint8Array.of(0, 0, 18, 4, 0, 0, 0, 0, 0, 0, 3))).toBe(hint);
  });

  it('knows an alert of TLS', () => {
    expect(answerHint(Uint8Array.of(21, 3, 1, 0, 2, 2, 70))).toBe(' (it is TLS; https:// would reach it)');
  });

  it.each(['', 'HTTP/1.1 200 OK\r\n', 'SSH-2.0-OpenSSH', '\0\0\0\0\0\0\0\0\0'])('says nothing of %j', (text) => {
    expect(answerHint(new TextEncoder().encode(text))).toBe('');
  });
});
