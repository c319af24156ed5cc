import { describe, expect, it } from 'vitest';
import { formatConfigPath, valueAt } from './config-path.ts';

describe('formatConfigPath()', () => {
  it.each([
    [[], ''],
    [['listen', 0], 'listen[0]'],
    [['sites', 'demo', 'routes', 1, 'proxy', 'to'], 'sites.demo.routes[1].proxy.to'],
    [['headers', 'content-type'], 'headers.content-type'],
    [['sites', 'a b', 'x.y'], 'sites["a b"]["x.y"]'],
  ])('writes %j as %s', (path, text) => {
    expect(formatConfigPath(path)).toBe(text);
  });
});

describe('valueAt()', () => {
  it('walks own properties only', () => {
    expect(valueAt({ a: [{ b: 1 }] }, ['a', 0, 'b'])).toBe(1);
    expect(valueAt({ a: null }, ['a', 'b'])).toBeUndefined();
    expect(valueAt({}, ['toString'])).toBeUndefined();
    expect(valueAt('text', ['length'])).toBeUndefined();
  });
});
