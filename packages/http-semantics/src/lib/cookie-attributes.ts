/** The attributes of Set-Cookie. */
export interface CookieAttributes {
  /** Lifetime in whole seconds; 0 or less deletes the cookie. Default: until the user agent closes. */
  readonly maxAgeSeconds?: number;
  /** The same as a time, for user agents without Max-Age. Default: absent. */
  readonly expiresMs?: number;
  /** Hosts below this domain get the cookie too. Default: the host that set it alone. */
  readonly domain?: string;
  /** Starts with `/`. Default: the directory of the request path, which user agents compute. */
  readonly path?: string;
  /** Default: false. */
  readonly secure?: boolean;
  /** Default: false. */
  readonly httpOnly?: boolean;
  /** `None` needs `secure`. Default: absent, which user agents take for `Lax`. */
  readonly sameSite?: 'Strict' | 'Lax' | 'None';
  /** One cookie jar per top-level site (CHIPS); needs `secure`. Default: false. */
  readonly partitioned?: boolean;
  /** Default: absent, which Chromium takes for `Medium`. */
  readonly priority?: 'Low' | 'Medium' | 'High';
}

/** The words of SameSite, as written. */
export const sameSites: readonly NonNullable<CookieAttributes['sameSite']>[] = ['Strict', 'Lax', 'None'];

/** The words of Priority, as written. */
export const priorities: readonly NonNullable<CookieAttributes['priority']>[] = ['Low', 'Medium', 'High'];

/** RFC 6265bis §5.6: user agents ignore an attribute with a longer value. */
export const maxAttributeLength: number = 1024;
