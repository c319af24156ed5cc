import type { HttpContext } from '@windhover/core';
import { runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { type CanonicalOptions, redirectToCanonical } from './redirect-to-canonical.ts';

const hello = ({ response }: HttpContext): void => {
  response.body = 'hello';
};

async function location(options: CanonicalOptions, address: string): Promise<string> {
  const { protocol, host, pathname, search } = new URL(address);
  const middleware = redirectToCanonical(options);
  const scheme = protocol === 'https:' ? 'https' : 'http';
  const url = `${address.includes('//', 8) ? address.slice(address.indexOf('/', 8)) : pathname + search}`;
  const result = await runHandler((context) => middleware(context, hello), { scheme, url, headers: { Host: host } });
  return result.headers.get('location') ?? result.text();
}

describe('canonicalLocation()', () => {
  it.each<[CanonicalOptions, string, string]>([
    [{ https: true }, 'http://a.example/x?y', 'https://a.example/x?y'],
    [{ https: true }, 'http://a.example:8080/x', 'https://a.example/x'],
    [{ https: 8443 }, 'http://a.example/x', 'https://a.example:8443/x'],
    [{ https: true }, 'https://a.example:8443/x', 'hello'],
    [{ host: 'www' }, 'https://a.example/x', 'https://www.a.example/x'],
    [{ host: 'www' }, 'https://www.a.example/x', 'hello'],
    [{ host: 'www' }, 'http://127.0.0.1/x', 'hello'],
    [{ host: 'www' }, 'http://localhost/x', 'hello'],
    [{ host: 'no-www' }, 'http://www.a.example:81/x', 'http://a.example:81/x'],
    [{ host: 'no-www' }, 'http://www.example/x', 'hello'],
    [{ host: 'b.example' }, 'https://a.example/x', 'https://b.example/x'],
    [{ trailingSlash: 'add' }, 'http://a.example/x?y', '/x/?y'],
    [{ trailingSlash: 'add' }, 'http://a.example/x.html', 'hello'],
    [{ trailingSlash: 'add' }, 'http://a.example/', 'hello'],
    [{ trailingSlash: 'remove' }, 'http://a.example/x/', '/x'],
    [{ trailingSlash: 'remove' }, 'http://a.example/', 'hello'],
    [{ trailingSlash: 'remove' }, 'http://a.example//evil.example/', '/evil.example'],
    [{ trailingSlash: 'add' }, 'http://a.example//evil', '/evil/'],
    [{ trailingSlash: 'remove' }, 'http://a.example//', '/'],
    [{ lowerCase: true }, 'http://a.example/Ab%2FC?D', '/ab%2Fc?D'],
    [{ lowerCase: true }, 'http://a.example//Evil.example/', '/evil.example/'],
    [
      { https: true, host: 'www', trailingSlash: 'remove', lowerCase: true },
      'http://a.example/X/?y',
      'https://www.a.example/x?y',
    ],
  ])('%j sends %s to %s', async (options, address, expected) => {
    expect(await location(options, address)).toBe(expected);
  });

  it('sends a request without a host to its path only', async () => {
    const middleware = redirectToCanonical({ https: true, lowerCase: true });
    const result = await runHandler((context) => middleware(context, hello), { url: '/A', headers: { Host: '' } });
    expect(result.headers.get('location')).toBe('/a');
  });

  it.each([{ https: 0 }, { host: 'A.example' }, { trailingSlash: true }, { lowercase: true }])(
    'refuses %j',
    (options) => {
      expect(() => redirectToCanonical(options as never)).toThrow(
        expect.objectContaining({ code: 'REWRITE_OPTION_INVALID' }),
      );
    },
  );
});
