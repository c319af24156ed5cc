import { createHmac } from 'node:crypto';
import type { HttpContext } from '@windhover/core';
import { formatSetCookie } from '@windhover/http-semantics';
import { readCookie } from './balance/hash-key.ts';
import { needsSecure } from './needs-secure.ts';

/** How the requests of a client keep going to the same upstream. One of `cookie` and `header` is needed. */
export interface StickyOptions {
  /** The name of a cookie that the proxy sets. */
  readonly cookie?: string;
  /** The name of a field that the proxy adds to answers, and that clients send back. */
  readonly header?: string;
  /**
   * Signs the token, so that nobody can choose an upstream or learn addresses from it. Servers that share clients need
   * the same one. Default: empty; whoever can guess the address of an upstream can then choose it.
   */
  readonly secret?: string;
  /** How long the cookie lives, in milliseconds. Default: until the browser is closed. */
  readonly maxAgeMs?: number;
  /** Default: `Lax`. `None` needs HTTPS. */
  readonly sameSite?: 'Strict' | 'Lax' | 'None';
}

/** Binds clients to upstreams by a token: a cookie or a field. */
export class Sticky {
  private readonly options: StickyOptions;
  private readonly tokens = new Map<string, string>();

  constructor(options: StickyOptions) {
    this.options = options;
  }

  /** The token that the client sent; `null` without. */
  read({ request }: HttpContext): string | null {
    const { cookie, header } = this.options;
    if (cookie !== undefined) return readCookie(request.headers.get('cookie'), cookie);
    return request.headers.get(header!) ?? null;
  }

  /** The token of an address: half of an HMAC, which says nothing about the address. */
  tokenOf(address: string): string {
    let token = this.tokens.get(address);
    if (token === undefined) {
      const { secret = '' } = this.options;
      token = createHmac('sha256', `windhover sticky ${secret}`).update(address).digest('base64url').slice(0, 22);
      this.tokens.set(address, token);
    }
    return token;
  }

  forget(address: string): void {
    this.tokens.delete(address);
  }

  /** Tells the client which upstream is its own, unless it knows. */
  write(context: HttpContext, address: string): void {
    const token = this.tokenOf(address);
    if (this.read(context) === token) return;
    const { cookie, header, maxAgeMs, sameSite = 'Lax' } = this.options;
    const { headers } = context.response;
    if (cookie === undefined) {
      headers.set(header!, token);
      return;
    }
    const maxAge = maxAgeMs === undefined ? {} : { maxAgeSeconds: Math.ceil(maxAgeMs / 1000) };
    const secure = context.client.scheme === 'https' || needsSecure(cookie);
    const attributes = { path: '/', httpOnly: true, secure, sameSite: secure ? sameSite : laxer(sameSite), ...maxAge };
    headers.append('Set-Cookie', formatSetCookie(cookie, token, attributes));
  }
}

/** Browsers drop `SameSite=None` without `Secure`. */
function laxer(sameSite: 'Strict' | 'Lax' | 'None'): 'Strict' | 'Lax' {
  return sameSite === 'None' ? 'Lax' : sameSite;
}
