import { describe, expect, it } from 'vitest';
import { formatReply, quotePath } from './format-reply.ts';

describe('formatReply()', () => {
  it('writes one line, and several (RFC 959 §4.2)', () => {
    expect(formatReply({ code: 200, text: 'Done.' })).toBe('200 Done.\r\n');
    expect(formatReply({ code: 211, text: ['Features:', 'UTF8', 'End'] })).toBe(
      '211-Features:\r\n UTF8\r\n211 End\r\n',
    );
    expect(formatReply({ code: 220, text: ['Hello'] })).toBe('220 Hello\r\n');
  });

  it('never lets a name begin a reply of its own', () => {
    expect(formatReply({ code: 257, text: '"a\r\n230 Welcome"' })).toBe('257 "a??230 Welcome"\r\n');
  });
});

describe('quotePath()', () => {
  it('doubles quotation marks', () => {
    expect(quotePath('/a"b')).toBe('"/a""b"');
  });
});
