import { describe, expect, it } from 'vitest';
import { factsOf } from './describe-app.ts';

describe('factsOf()', () => {
  it.each([
    [{ host: '0.0.0.0', port: 8080 }, 'http://localhost:8080/'],
    [{ host: '::1', port: 80 }, 'http://[::1]/'],
    [{ path: '/run/my app.sock' }, 'unix:/run/my app.sock'],
  ])('has a URL of %j without words', (address, url) => {
    const settings = { app: 'app.mjs', limits: {} };
    expect(factsOf({ version: '1.0.0', settings, address, workers: 0, readyMs: 1.6 })).toEqual({
      application: 'app.mjs',
      url,
      workers: 0,
      readyMs: 2,
      pid: process.pid,
      version: '1.0.0',
    });
  });
});
