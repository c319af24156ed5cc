import { describe, expect, it } from 'vitest';
import { parseConfigDocument } from './config-document.ts';
import type { ConfigPath } from './config-path.ts';

const text = `listen: 80
sites:
  demo: &demo
    routes:
      - path: /a
        proxy: { to: ["x", y] }
  copy: *demo
empty:
`;

function locate(path: ConfigPath, part: 'key' | 'value' = 'value'): string {
  const { span } = parseConfigDocument(text).locate(path, part);
  return text.slice(span.start, span.end);
}

describe('parseConfigDocument()', () => {
  it('reads YAML, and JSON as a part of it', () => {
    expect(parseConfigDocument('{"a": [1, "b", true, null]}').value).toEqual({ a: [1, 'b', true, null] });
    expect(parseConfigDocument('a: no\nb: 0x10\nc: "1"').value).toEqual({ a: 'no', b: 16, c: '1' });
  });

  it.each([
    ['', 0, 'expected a configuration, found nothing'],
    ['# only a comment\n', 0, 'expected a configuration, found nothing'],
    ['a: 1\nb: 2\na: 3\n', 10, 'expected every key once, found `a` a second time'],
    ['a:\n\tb: 1\n', 3, 'expected spaces as indentation, found a tab'],
    ['a: "x\n', 6, 'expected the closing quote or a `:` after a key, found neither'],
    ['a: [1, 2\nb: 3\n', 9, 'expected more indentation, or the closing bracket of a `[` or `{` above'],
    ['a: @x', 3, 'expected a value, found a character that YAML reserves: put the value in quotes'],
    ['a: [::1]:80', 8, 'expected the end of a value, found more text behind it: put the whole value in quotes'],
    ['a: 1\n---\nb: 1\n', 5, 'expected one document, found a second one after `---`'],
    ['listen: *:80', 8, 'expected quotes around a text that begins with `*`, or an anchor `&:80` above, found neither'],
  ])('says what is wrong with the syntax of %j', (broken, offset, message) => {
    const { findings, locate } = parseConfigDocument(broken);
    const [{ at, message: found } = { at: { offset: -1 }, message: '' }] = findings;
    expect(found).toBe(message);
    expect('offset' in at ? at.offset : locate(at.path, at.part).span.start).toBe(offset);
  });

  it('goes on after a key that stands twice and after text that looks like an alias', () => {
    expect(parseConfigDocument('a: 1\na: *:80').value).toEqual({ a: '*:80' });
  });

  it('does not expand aliases without end', () => {
    const lines = [
      'a0: &a0 [x]',
      ...Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]`),
    ];
    const { value, findings } = parseConfigDocument(lines.join('\n'));
    expect(value).toBeUndefined();
    expect(findings[0]?.message).toContain('expected fewer aliases');
  });
});

describe('locate()', () => {
  it('finds values and keys', () => {
    expect(locate(['listen'])).toBe('80');
    expect(locate(['listen'], 'key')).toBe('listen');
    expect(locate(['sites', 'demo', 'routes', 0, 'path'])).toBe('/a');
    expect(locate(['sites', 'demo', 'routes', 0, 'proxy', 'to', 0])).toBe('"x"');
    expect(locate(['sites', 'demo', 'routes', 0], 'key')).toContain('path: /a');
  });

  it('follows aliases', () => {
    expect(locate(['sites', 'copy', 'routes', 0, 'path'])).toBe('/a');
  });

  it('points at the parent of a key that is missing, and at a key without value', () => {
    expect(locate(['sites', 'demo', 'hosts'])).toBe('demo');
    expect(locate(['empty'])).toBe('empty');
    expect(locate(['empty', 'root'])).toBe('empty');
  });

  it('ends where the text ends: a scalar has no entries', () => {
    expect(parseConfigDocument(text).locate(['listen', 0], 'value').path).toEqual(['listen']);
    expect(locate(['listen', 0])).toBe('80');
  });
});
