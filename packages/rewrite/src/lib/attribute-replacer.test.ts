import { describe, expect, it } from 'vitest';
import { AttributeReplacer } from './attribute-replacer.ts';

/** Shows what it was asked, and changes values that begin with http. */
function change(page: readonly string[]): { result: string; asked: string[] } {
  const asked: string[] = [];
  const replacer = new AttributeReplacer((tag, attribute, value) => {
    asked.push(`${tag}.${attribute}=${value}`);
    return value.startsWith('http') ? 'NEW' : null;
  });
  return { result: page.map((piece) => replacer.push(piece)).join('') + replacer.end(), asked };
}

describe('AttributeReplacer', () => {
  it.each([
    ['<a href="http://x">t</a>', '<a href="NEW">t</a>'],
    ["<A class=x HREF = 'http://x' id=y>", "<A class=x HREF = 'NEW' id=y>"],
    ['<a href=http://x>t', '<a href="NEW">t'],
    ['<a href="http://x"/>', '<a href="NEW"/>'],
    ['<a title="<b href=\'http://x\'>" href="http://y">', '<a title="<b href=\'http://x\'>" href="NEW">'],
    ['<a title=">" href="http://y">', '<a title=">" href="NEW">'],
    ['1 < 2 <a href="http://x">', '1 < 2 <a href="NEW">'],
    ['<!-- <a href="http://x"> --><a href="http://x">', '<!-- <a href="http://x"> --><a href="NEW">'],
    [
      '<script src="http://x">a="<a href=\'http://x\'>"</SCRIPT><a href="http://x">',
      '<script src="NEW">a="<a href=\'http://x\'>"</SCRIPT><a href="NEW">',
    ],
    ['<style>a{b:url(http://x)}</style >', '<style>a{b:url(http://x)}</style >'],
    ['</a href="http://x">', '</a href="http://x">'],
    ['<a href="http://x', '<a href="http://x'],
    ['<a href="/x?a=b&c=http://x">', '<a href="/x?a=b&c=http://x">'],
    ['<a data-x="a=b" href="http://x">', '<a data-x="a=b" href="NEW">'],
    ['<a b\'c="http://x">', '<a b\'c="NEW">'],
    ['text only', 'text only'],
    ['<!--><a href="http://x">', '<!--><a href="NEW">'],
    ['<!---><a href="http://x">', '<!---><a href="NEW">'],
    ['<!---->x<a href="http://x">', '<!---->x<a href="NEW">'],
    ['<a<a<a href="http://x">', '<a<a<a href="NEW">'],
    ['<', '<'],
  ])('makes %s to %s, wherever the pieces are cut', (page, expected) => {
    for (let at = 0; at <= page.length; at++) expect(change([page.slice(0, at), page.slice(at)]).result).toBe(expected);
    expect(change([...page]).result).toBe(expected);
  });

  it('names elements and attributes in lower case', () => {
    expect(change(['<IMG SRC=a Alt="b">']).asked).toEqual(['img.src=a', 'img.alt=b']);
  });

  it('escapes what would end a value', () => {
    const replacer = new AttributeReplacer(() => `"><script>'`);
    expect(replacer.push(`<a href="x"><a href='y'><a href=z>`)).toBe(
      `<a href="&quot;>&lt;script>'"><a href='">&lt;script>&#39;'><a href="&quot;>&lt;script>'">`,
    );
  });

  it('passes on a tag that never ends', () => {
    const replacer = new AttributeReplacer(() => 'NEW');
    const long = `<a href="${'x'.repeat(70_000)}`;
    expect(replacer.push(long) + replacer.end()).toBe(long);
  });

  // Each of these took seconds when every `<` was looked at to the end of the page.
  it.each([
    ['tags without an end', '<a'.repeat(200_000), 1],
    ['one tag, byte by byte', `<a ${'x'.repeat(16_000)}`, 16_000],
    ['quotes', `<a ${'= "'.repeat(5000)}`, 100],
    ['comments', '<!--'.repeat(100_000), 50],
  ])('looks at each character once: %s', (_what, page, pieces) => {
    let reads = 0;
    const counted = new AttributeReplacer(() => {
      reads += 1;
      return null;
    });
    const size = Math.ceil(page.length / pieces);
    let result = '';
    for (let at = 0; at < page.length; at += size) result += counted.push(page.slice(at, at + size));
    expect(result + counted.end()).toBe(page);
    expect(reads).toBeLessThan(page.length);
  });
});
