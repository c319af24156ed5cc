import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { LiveHeaders } from './live-headers.ts';
import type { HookableResponse } from './response-hooks.ts';

function setUp(): { message: HookableResponse; headers: LiveHeaders } {
  const message = new ServerResponse(new IncomingMessage(new Socket())) as HookableResponse;
  return { message, headers: new LiveHeaders(message, false) };
}

describe('headers that lie in a response of Node', () => {
  it('are there for both', () => {
    const { message, headers } = setUp();
    message.setHeader('X-Number', 7);
    message.setHeader('Set-Cookie', ['a=1', 'b=2']);
    headers.set('X-Ours', 'yes').append('x-ours', 'too').append('X-Other', 'new');
    expect(message.getHeader('x-ours')).toEqual(['yes', 'too']);
    expect(headers.get('X-OURS')).toBe('yes, too');
    expect(headers.get('x-number')).toBe('7');
    expect(headers.getAll('set-cookie')).toEqual(['a=1', 'b=2']);
    expect([...headers]).toEqual([
      ['X-Number', '7'],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
      ['X-Ours', 'yes'],
      ['X-Ours', 'too'],
      ['X-Other', 'new'],
    ]);
    expect(headers.fields.slice(0, 3)).toEqual(['x-number', '7', 'X-Number']);
    expect(headers.size).toBe(6);
    expect(headers.get('absent')).toBeUndefined();
  });

  it('join cookies by semicolons', () => {
    const { headers } = setUp();
    expect(headers.append('Cookie', 'a=1').append('Cookie', 'b=2').get('cookie')).toBe('a=1; b=2');
  });

  it('replace, and are taken away', () => {
    const { message, headers } = setUp();
    headers.set('X-List', ['1', '2']).set('X-List', '3');
    expect(message.getHeader('x-list')).toBe('3');
    expect(headers.delete('x-list')).toBe(true);
    expect(headers.delete('x-list')).toBe(false);
    headers.set('X-List', ['1']).set('X-List', []);
    expect(message.hasHeader('x-list')).toBe(false);
  });

  it('take over a list of fields', () => {
    const { message, headers } = setUp();
    message.setHeader('X-Theirs', 'kept');
    headers.set('X-Ours', 'replaced');
    headers.adopt(['etag', '"a"', 'ETag', 'x-list', '1', 'X-List', 'x-list', '2', 'X-List']);
    expect(message.getHeader('etag')).toBe('"a"');
    expect([...headers]).toEqual([
      ['X-Theirs', 'kept'],
      ['ETag', '"a"'],
      ['X-List', '1'],
      ['X-List', '2'],
    ]);
  });

  it('say nothing of framing, and leave it alone', () => {
    const { message, headers } = setUp();
    message.setHeader('Content-Length', 3);
    message.setHeader('Connection', 'close');
    expect(headers.has('content-length')).toBe(false);
    expect(headers.get('Connection')).toBeUndefined();
    expect([...headers]).toEqual([]);
    expect(headers.delete('content-length')).toBe(false);
    expect(() => headers.set('Content-Length', '4')).toThrow(expect.objectContaining({ code: 'CORE_HEADER_FRAMING' }));
    headers.take();
    headers.clear();
    expect(message.getHeader('content-length')).toBe(3);
  });

  it('refuse what cannot be sent', () => {
    const { message, headers } = setUp();
    const invalid = expect.objectContaining({ code: 'CORE_HEADER_INVALID' });
    expect(() => headers.set('X-Bad', 'a\r\nX-Forged: 1')).toThrow(invalid);
    expect(() => headers.set('X-Bad', ['fine', 'a\nb'])).toThrow(invalid);
    expect(() => headers.append('X Bad', 'a')).toThrow(invalid);
    expect(() => headers.set('X-Bad', 5 as never)).toThrow(invalid);
    expect(message.getHeaderNames()).toEqual([]);
  });

  it('lose before the answer only what was set here, and everything after it', () => {
    const { message, headers } = setUp();
    message.setHeader('X-Theirs', '1');
    headers.set('X-Ours', '1');
    headers.clear();
    expect(message.getHeaderNames()).toEqual(['x-theirs']);
    headers.set('X-Ours', '1');
    headers.take();
    headers.clear();
    expect(message.getHeaderNames()).toEqual([]);
  });

  it('change while the answer is held back, when Node takes its head for sent', () => {
    const { message, headers } = setUp();
    message._header = 'held';
    headers.set('X-Late', '1').append('X-Late', '2').delete('X-None');
    expect(headers.get('x-late')).toBe('1, 2');
    expect(headers.delete('x-late')).toBe(true);
    expect(message._header).toBe('held');
  });
});
