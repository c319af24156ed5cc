import { describe, expect, it } from 'vitest';
import { addressUrl } from './address-url.ts';

describe('addressUrl()', () => {
  it.each([
    [{ host: '::', port: 8080 }, 'http://localhost:8080/'],
    [{ port: 80 }, 'http://localhost/'],
    [{ host: '0.0.0.0', port: 3000 }, 'http://localhost:3000/'],
    [{ host: '::1', port: 3000 }, 'http://[::1]:3000/'],
    [{ path: '/run/w.sock' }, 'unix:/run/w.sock'],
  ])('writes %j as %s, which programs can open', (address, url) => {
    expect(addressUrl(address)).toBe(url);
  });
});
