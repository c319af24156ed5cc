import { describe, expect, it } from 'vitest';
import { nearestName } from './nearest-name.ts';

describe('nearestName()', () => {
  const names = ['static', 'proxy', 'respond', 'path', 'stripPrefix', 'keepAliveTimeoutMs'];

  it.each([
    ['statc', 'static'],
    ['sttaic', 'static'],
    ['staticc', 'static'],
    ['prox', 'proxy'],
    ['pth', 'path'],
    ['Path', 'path'],
    ['strip_prefix', 'stripPrefix'],
    ['keep-alive-timeout-ms', 'keepAliveTimeoutMs'],
    ['keepAliveTimeout', 'keepAliveTimeoutMs'],
  ])('takes %s for %s', (written, meant) => {
    expect(nearestName(written, names)).toBe(meant);
  });

  it.each(['cache', 'x', '', 'timeoutMs', 'documentRoot'])('has no guess for %j', (written) => {
    expect(nearestName(written, names)).toBeUndefined();
  });

  it('prefers the nearest, and the first of equals', () => {
    expect(nearestName('hast', ['hosts', 'host', 'last'])).toBe('host');
    expect(nearestName('bat', ['cat', 'hat'])).toBe('cat');
  });

  it('does not offer a short name for something wholly different', () => {
    expect(nearestName('ab', ['x'])).toBeUndefined();
  });
});
