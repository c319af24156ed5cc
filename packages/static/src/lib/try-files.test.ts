import { describe, expect, it } from 'vitest';
import { candidates } from './try-files.ts';

const at = (path: string, ...patterns: string[]): string[] => {
  const names = path.split('/').filter((name) => name !== '');
  return candidates({ names, hasSlash: path.endsWith('/') }, patterns).map(
    (candidate) => candidate.names.join('/') + (candidate.hasSlash ? '/' : ''),
  );
};

describe('candidates()', () => {
  it('are the path itself, with what is added to it, and fixed places, in order', () => {
    expect(at('/docs/about', '{path}', '{path}.html', '{path}/page.html', '/404.html')).toEqual([
      'docs/about',
      'docs/about.html',
      'docs/about/page.html',
      '404.html',
    ]);
  });

  it('adds nothing to the last name of a path that names a folder', () => {
    expect(at('/docs/', '{path}', '{path}.html', '{path}/page.html')).toEqual(['docs/', 'docs/page.html']);
    expect(at('/', '{path}.html', '{path}/page.html')).toEqual(['page.html']);
  });

  it('takes the characters of a path as they are', () => {
    expect(at('/a$&b', '{path}.html')).toEqual(['a$&b.html']);
  });
});
