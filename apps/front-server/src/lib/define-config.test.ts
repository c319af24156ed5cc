import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, windhover } from './commands/command-fixtures.ts';
import { defineConfig } from './define-config.ts';

describe('defineConfig()', () => {
  it('returns what it is given', () => {
    const config = {
      listen: [8080, { port: 8443, address: '127.0.0.1' }],
      upstreams: { shop: { to: ['http://a:1'] } },
      limits: { requestBody: '10MB' },
      sites: {
        shop: { hosts: 'a.org', routes: [{ path: '/', methods: ['GET'], headers: { a: true }, proxy: 'shop' }] },
      },
    };
    expect(defineConfig(config)).toBe(config);
    const make = (env: { PORT?: string | undefined }) => ({ ...config, listen: Number(env.PORT) });
    expect(defineConfig(make)).toBe(make);
  });

  it('has types for keys and values', () => {
    const sites = { a: { routes: [{ path: '/', respond: 200 }] } };
    // @ts-expect-error: the key is `listen`
    defineConfig({ lisen: 8080, sites });
    // @ts-expect-error: a number or a text
    defineConfig({ limits: { requestBody: true }, sites });
    // @ts-expect-error: the feature is `static`
    defineConfig({ sites: { a: { routes: [{ path: '/', files: '.' }] } } });
    expect(defineConfig({ sites })).toEqual({ sites });
  });

  it('fits what check accepts from a module', async () => {
    const text = `export default (env) => ({ sites: { a: { routes: [{ path: '/', respond: env.NAME }] } } });`;
    const file = join(await folderWith({ 'windhover.config.mjs': text }), 'windhover.config.mjs');
    const { code, stdout, stderr } = await windhover(['check', '-c', file], { NAME: 'x' });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${file} is right.\n`, stderr: '' });
  });
});
