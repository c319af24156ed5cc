/** The attributes of Set-Cookie. */
export interface CookieAttributes {
  /** Lifetime in whole seconds; 0 or less deletes the cookie. Default: until the user agent closes. */
  readonly maxAgeSeconds?: number;
  /** Expiry as a time, for user agents without Max-Age. Default: absent. */
  readonly expiresMs?: number;
  /** A domain whose subdomains get the cookie too. Default: only the host that set it. */
  readonly domain?: string;
  /** Starts with `/`. Default: the directory of the request path, which user agents compute. */
  readonly path?: string;
  /** Default: false. */
  readonly secure?: boolean;
  /** Default: false. */
  readonly httpOnly?: boolean;
  /** `None` needs `secure`. Default: absent, which user agents treat as `Lax`. */
  readonly sameSite?: 'Strict' | 'Lax' | 'None';
  /** Whether each top-level site gets its own cookie jar (CHIPS); needs `secure`. Default: false. */
  readonly partitioned?: boolean;
  /** Default: absent, which Chromium treats as `Medium`. */
  readonly priority?: 'Low' | 'Medium' | 'High';
}

/** The values of SameSite, in their usual spelling. */
export const sameSites: readonly NonNullable<CookieAttributes['sameSite']>[] = ['Strict', 'Lax', 'None'];

/** The values of Priority, in their usual spelling. */
export const priorities: readonly NonNullable<CookieAttributes['priority']>[] = ['Low', 'Medium', 'High'];

/** RFC 6265bis §5.6: user agents ignore an attribute with a longer value. */
export const maxAttributeLength: number = 1024;
