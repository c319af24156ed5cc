import { describe, expect, it } from 'vitest';
import { openUrl } from './open-url.ts';

describe('openUrl()', () => {
  it.each([
    [{ host: '::', port: 8080 }, 'http://localhost:8080/  (every address of this machine)'],
    [{ host: '0.0.0.0', port: 80 }, 'http://localhost/  (every address of this machine)'],
    [{ host: '127.0.0.1', port: 3000 }, 'http://127.0.0.1:3000/'],
    [{ host: '::1', port: 3000 }, 'http://[::1]:3000/'],
    [{ path: '/run/w.sock' }, 'unix:/run/w.sock'],
  ])('writes %j as %s', (address, url) => {
    expect(openUrl(address)).toBe(url);
  });

  it('knows the usual port of each scheme', () => {
    expect(openUrl({ host: '127.0.0.1', port: 443 }, 'https')).toBe('https://127.0.0.1/');
    expect(openUrl({ host: '127.0.0.1', port: 80 }, 'https')).toBe('https://127.0.0.1:80/');
  });
});
