import { describe, expect, it } from 'vitest';
import { formatTraceParent, parseTraceParent } from './trace-parent.ts';

const trace = '0af7651916cd43dd8448eb211c80319c';
const span = 'b7ad6b7169203331';

describe('parseTraceParent()', () => {
  it.each([
    [`00-${trace}-${span}-01`, true],
    [`00-${trace}-${span}-00`, false],
    [`00-${trace}-${span}-03`, true],
    [`00-${trace}-${span}-fe`, false],
    [`01-${trace}-${span}-01`, true],
    [`01-${trace}-${span}-01-what-later-versions-add`, true],
    [`cc-${trace}-${span}-01-`, true],
  ])('reads %s', (value, sampled) => {
    expect(parseTraceParent([value])).toEqual({ traceId: trace, spanId: span, sampled });
  });

  it.each([
    ['nothing', []],
    ['two fields', [`00-${trace}-${span}-01`, `00-${trace}-${span}-01`]],
    ['an empty field', ['']],
    ['more in version 00', [`00-${trace}-${span}-01-more`]],
    ['more without a dash', [`01-${trace}-${span}-01more`]],
    ['the version ff', [`ff-${trace}-${span}-01`]],
    ['upper case', [`00-${trace.toUpperCase()}-${span}-01`]],
    ['a trace of zeros', [`00-${'0'.repeat(32)}-${span}-01`]],
    ['a span of zeros', [`00-${trace}-${'0'.repeat(16)}-01`]],
    ['a short trace', [`00-${trace.slice(1)}-${span}-01`]],
    ['a long span', [`00-${trace}-${span}0-01`]],
    ['other digits', [`00-${trace.replace('0', 'g')}-${span}-01`]],
    ['one digit of flags', [`00-${trace}-${span}-1`]],
    ['white space', [` 00-${trace}-${span}-01`]],
    ['a line break', [`00-${trace}-${span}-01\n`]],
    ['a list', [`00-${trace}-${span}-01, 00-${trace}-${span}-01`]],
  ])('refuses %s', (_what, values) => {
    expect(parseTraceParent(values)).toBeNull();
  });
});

describe('formatTraceParent()', () => {
  it.each([true, false])('writes what is read again, sampled %s', (sampled) => {
    const parent = { traceId: trace, spanId: span, sampled };
    expect(parseTraceParent([formatTraceParent(parent)])).toEqual(parent);
  });
});
