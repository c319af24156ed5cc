import { describe, expect, it } from 'vitest';
import { ask } from '../auth-fixtures.ts';
import { apiKey, createApiKey, hashApiKey } from './api-key.ts';

const key = createApiKey();
const next = createApiKey();
const hashes = { ci: [hashApiKey(key), hashApiKey(next)], deploy: hashApiKey('other') };

describe('apiKey()', () => {
  it('finds the user of a key, and of the one that replaces it', async () => {
    const scheme = apiKey(hashes);
    expect(await ask(scheme, { headers: { 'x-api-key': key } })).toMatchObject({ status: 200, text: 'ci' });
    expect(await ask(scheme, { headers: { 'x-api-key': next } })).toMatchObject({ text: 'ci' });
    expect(await ask(scheme, { headers: { 'x-api-key': `${key}x` } })).toMatchObject({
      status: 401,
      refusals: ['key'],
    });
    expect(await ask(scheme)).toMatchObject({ status: 401, refusals: [] });
  });

  it('does not take the hash for the key', async () => {
    expect(await ask(apiKey(hashes), { headers: { 'x-api-key': hashApiKey(key) } })).toMatchObject({ status: 401 });
  });

  it('reads the query only where it is told to, and once', async () => {
    expect(await ask(apiKey(hashes), { url: `/?key=${key}` })).toMatchObject({ status: 401 });
    const scheme = apiKey(hashes, { header: null, query: 'key' });
    expect(await ask(scheme, { url: `/?a=b&key=${key}` })).toMatchObject({ text: 'ci' });
    expect(await ask(scheme, { url: `/?key=${key}&key=${key}` })).toMatchObject({ status: 401, refusals: ['key'] });
    expect(await ask(scheme, { headers: { 'x-api-key': key } })).toMatchObject({ status: 401, refusals: [] });
  });

  it('refuses several fields, and keys without end', async () => {
    const headers = [
      ['x-api-key', key],
      ['x-api-key', key],
    ] as never;
    expect(await ask(apiKey(hashes), { headers })).toMatchObject({ status: 401, refusals: ['key'] });
    expect(await ask(apiKey(hashes), { headers: { 'x-api-key': 'x'.repeat(2000) } })).toMatchObject({ status: 401 });
  });

  it.each([[{}], [{ ci: key }], [{ a: hashApiKey(key), b: hashApiKey(key) }]])(
    'refuses keys that are no hashes: %j',
    (wrong) => {
      expect(() => apiKey(wrong as never)).toThrow(expect.objectContaining({ code: 'AUTH_OPTION_INVALID' }));
      expect(() => apiKey(hashes, { header: null })).toThrow(/header or query/);
    },
  );
});
