import { afterEach, describe, expect, it, vi } from 'vitest';
import { compileFilter } from '../compile-filter.ts';
import { hasBefore } from './scan.ts';

afterEach(() => void vi.restoreAllMocks());

describe('hasBefore()', () => {
  it.each([
    ['select from', 6, true],
    ['select from', 5, false],
    ['from select', 4, false],
    ['a select b select', 8, true],
    ['', 0, false],
  ])('%j at %d: %j', (text, at, expected) => {
    expect(hasBefore(text, 'select', at)).toBe(expected);
  });
});

describe('strict', () => {
  it.each(['from sys.', 'from dual ', '@127.0.0.1', '\nhost:', '/etc/passwd', ';ls '])(
    'searches a text of many signals only a few times: %j',
    (signal) => {
      const { strict } = compileFilter({ preset: 'strict' });
      let searched = 0;
      const { includes } = String.prototype;
      vi.spyOn(String.prototype, 'includes').mockImplementation(function (this: string, ...args) {
        searched += this.length;
        return includes.apply(this, args);
      });
      const query = `q=${encodeURIComponent(signal.repeat(3000))}`;
      const headers = { fields: [], get: () => undefined };
      strict!.decide({ method: 'GET', target: `/?${query}`, path: '/', query, headers }, '/', query);
      expect(searched).toBeLessThan(100 * query.length);
    },
  );
});
