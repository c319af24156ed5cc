import { describe, expect, it } from 'vitest';
import { formatSize, type ListingPage, listingPage } from './listing-page.ts';

const page = (name: string, more: Partial<ListingPage> = {}): string =>
  listingPage({
    names: ['docs'],
    entries: [{ name, kind: 'file', size: 1500, modifiedMs: Date.UTC(2024, 0, 2, 3, 4) }],
    order: { by: 'name', isDescending: false },
    isCut: false,
    hasZip: false,
    ...more,
  });

describe('listingPage()', () => {
  it('escapes names in text and in links', () => {
    const html = page(`"><script>alert('1')</script>&.txt`);
    expect(html).not.toContain('<script');
    expect(html).toContain('&#60;script&#62;');
    expect(html).toContain('href="./%22%3E%3Cscript%3E');
    expect(page('javascript:alert(1)')).toContain('href="./javascript%3Aalert(1)"');
    expect(page('a', { names: ['<b>'] })).not.toContain('<b>');
  });

  it('shows size and time for people and for programs', () => {
    expect(page('a.txt')).toContain('<span title="1500 bytes">1.5 kB</span>');
    expect(page('a.txt')).toContain('<time datetime="2024-01-02T03:04:00.000Z">2024-01-02 03:04</time>');
  });

  it('says which column it is sorted by, and turns the order around with the next click', () => {
    const html = page('a', { order: { by: 'size', isDescending: false } });
    expect(html).toMatch(/aria-sort="ascending"><a href="\?sort=size&amp;order=desc"/);
    expect(html.match(/aria-sort/g)).toHaveLength(1);
    expect(html).toContain('href="?sort=name&amp;order=asc"');
  });

  it('links to the folders above by relative paths', () => {
    const html = page('a', { names: ['x', 'y'] });
    expect(html).toContain('<a href="../../">Top</a> / <a href="../">x</a> / <a href="./" aria-current="page">y</a>');
    expect(page('a', { names: [] })).not.toContain('../');
  });

  it('says that there is more, and offers the download where there is one', () => {
    expect(page('a', { isCut: true })).toContain('The folder has more entries than these 1.');
    expect(page('a')).not.toContain('?zip');
    expect(page('a', { hasZip: true })).toContain('href="?zip" download');
  });
});

describe('formatSize()', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [9_960, '10 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [5e15, '5000 TB'],
  ])('%d is %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });
});
