import { describe, expect, it } from 'vitest';
import { escapeHtml } from './escape-html.ts';
import { renderErrorPage } from './render-error-page.ts';

const facts = { status: 404, title: 'Not Found', detail: null, code: null, requestId: null };

/** Checks that every opened tag is closed, in order, except void elements. */
function checkNesting(page: string): void {
  const open: string[] = [];
  for (const [, slash, name] of page.matchAll(/<(\/?)([a-z0-9]+)[^>]*>/g)) {
    if (name === 'meta') continue;
    if (slash === '') open.push(name!);
    else expect(open.pop()).toBe(name);
  }
  expect(open).toEqual([]);
}

describe('renderErrorPage()', () => {
  it('is a whole page that loads nothing and runs nothing', () => {
    const page = renderErrorPage({ ...facts, requestId: 'abc-1' });
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">/);
    expect(page).toContain('<title>404 Not Found</title>');
    expect(page).toContain('<h1>Not Found</h1>');
    expect(page).toContain('<code>abc-1</code>');
    expect(page).toContain('prefers-color-scheme:dark');
    expect(page).not.toMatch(/<script|<link|<img|url\(|https?:| on[a-z]+=/);
    checkNesting(page);
  });

  it('is small', () => {
    expect(renderErrorPage({ ...facts, requestId: 'x'.repeat(36) }).length).toBeLessThan(2048);
  });

  it('says what an error says, else what a status means, else nothing', () => {
    expect(renderErrorPage({ ...facts, detail: 'No such user' })).toContain('<p>No such user</p>');
    expect(renderErrorPage(facts)).toContain('There is no page at this address.');
    const unknown = renderErrorPage({ ...facts, status: 499, title: 'Error' });
    expect(unknown).toContain('<h1>Error</h1>\n</main>');
    checkNesting(unknown);
  });

  it('escapes everything that comes from elsewhere', () => {
    const nasty = `</p><script>alert("1")</script>&'`;
    const page = renderErrorPage({ ...facts, title: nasty, detail: nasty, requestId: nasty });
    expect(page.split(escapeHtml(nasty))).toHaveLength(5);
    expect(page).not.toContain('<script');
    checkNesting(page);
  });
});

describe('escapeHtml()', () => {
  it('leaves nothing with a meaning in text or a quoted attribute', () => {
    expect(escapeHtml(`<a href="x" b='y'>&amp;`)).toBe('&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;');
    expect(escapeHtml('plain é')).toBe('plain é');
  });
});
