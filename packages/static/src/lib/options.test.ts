import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { staticErrors } from './errors.ts';
import { resolveOptions, type StaticOptions } from './options.ts';

describe('resolveOptions()', () => {
  it('has safe defaults', () => {
    const settings = resolveOptions('public', {});
    expect(settings).toMatchObject({ prefix: '', index: ['index.html'], showsDotfiles: false });
    expect([settings.source.describe([]), settings.cacheControl('a'), settings.allow('a')]).toEqual([
      resolve('public'),
      'no-cache',
      true,
    ]);
  });

  it('refuses an unknown option, because a misspelt limit limits nothing', () => {
    const options = { maxAge: 3 } as unknown as StaticOptions;
    expect(() => resolveOptions('x', options)).toThrow(expect.objectContaining({ code: 'STATIC_OPTION_INVALID' }));
  });

  it('takes one Cache-Control for all, none, or a function', () => {
    expect(resolveOptions('x', { cacheControl: 'no-store' }).cacheControl('a')).toBe('no-store');
    expect(resolveOptions('x', { cacheControl: null }).cacheControl('a')).toBeNull();
    expect(resolveOptions('x', { cacheControl: (path) => path }).cacheControl('a')).toBe('a');
  });

  it('takes extensions with or without dot', () => {
    expect([...resolveOptions('x', { types: { '.GLB': 'model/gltf-binary', x: 'text/x' } }).types]).toEqual([
      ['glb', 'model/gltf-binary'],
      ['x', 'text/x'],
    ]);
  });

  it('does not look at the options again', () => {
    const index = ['a.html'];
    const options: StaticOptions = Object.freeze({ index });
    const settings = resolveOptions('x', options);
    index.push('b.html');
    expect(settings.index).toEqual(['a.html']);
  });

  it.each<[string, string, StaticOptions]>([
    ['an empty folder name', '', {}],
    ['a prefix that is no path', 'x', { prefix: 'assets' }],
    ['a prefix with an encoded slash and dots', 'x', { prefix: '/a%2F..' }],
    ['an index document elsewhere', 'x', { index: ['../a.html'] }],
    ['an index document without a name', 'x', { index: [''] }],
  ])('refuses %s', (_, root, options) => {
    expect(() => resolveOptions(root, options)).toThrow(
      expect.objectContaining({ code: 'STATIC_OPTION_INVALID' }) as Error,
    );
  });
});

describe('staticErrors', () => {
  it.each(Object.entries(staticErrors))('%s has a status and a message', (code, { status, message }) => {
    expect([code.startsWith('STATIC_'), status >= 400, message.length > 0]).toEqual([true, true, true]);
  });
});
