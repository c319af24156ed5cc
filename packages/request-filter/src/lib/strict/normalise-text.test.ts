import { describe, expect, it } from 'vitest';
import { normaliseText } from './normalise-text.ts';

describe('normaliseText()', () => {
  it.each([
    ['escapes', '%3Cscript%3E', '<script>'],
    ['escapes of escapes', '%253Cscript%253E', '<script>'],
    ['escapes of escapes of escapes', '%25253C', '<'],
    ['`%u` escapes of old servers', '%u003cscript%u2215', '<script/'],
    ['overlong forms', '..%c0%af..%c1%9c', '../..\\'],
    ['letter case', 'UnIoN', 'union'],
    ['runs of spaces, tabs and breaks', 'union%20%09%20select%0d%0a1', 'union select\n1'],
    ['no-break spaces', "1'%a0or%C2%A01", "1' or 1"],
    ['comments of SQL', 'un/**/ion/* x */select', 'un ion select'],
    ['comments that MySQL runs', '/*!50000union*/ select', ' union select'],
    ['entities', '&lt;a href=&quot;jav&#x61;script&colon;x', '<a href="javascript:x'],
    ['NUL', 'a%00b', 'ab'],
    ['full-width letters', '\uff1cscript\uff1e', '<script>'],
    ['what is no escape', '100%, 5%x', '100%, 5%x'],
    ['UTF-8', 'caf%C3%A9', 'café'],
  ])('reads %s', (_what, raw, text) => {
    expect(normaliseText(raw, false).text).toBe(text);
  });

  it('reads + as a space in forms only', () => {
    expect(normaliseText('a+b%2Bc', true).text).toBe('a b+c');
    expect(normaliseText('a+b', false).text).toBe('a+b');
  });

  it('tells how often a text was escaped, and whether it was disguised', () => {
    expect(normaliseText('a%2541', false)).toMatchObject({ rounds: 2, isDisguised: false });
    expect(normaliseText('%c0%ae', false)).toMatchObject({ rounds: 1, isDisguised: true });
    expect(normaliseText('a', false)).toMatchObject({ rounds: 0, isDisguised: false });
  });
});
