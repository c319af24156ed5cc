import type { HttpContext } from '@windhover/core';
import { type CookieAttributes, formatSetCookie, parseCookies } from '@windhover/http-semantics';
import type { ResolvedSession } from './session-options.ts';

const sameSites = { strict: 'Strict', lax: 'Lax', none: 'None' } as const;

/** The cookie of a session: its name depends on the scheme, because prefixes and `Secure` are for https. */
export class SessionCookieJar {
  private readonly plainName: string;
  private readonly secureName: string;
  private readonly options: ResolvedSession['cookie'];

  constructor(options: ResolvedSession['cookie']) {
    const isHostOnly = options.domain === null && options.path === '/';
    this.options = options;
    this.plainName = options.name;
    this.secureName = `${isHostOnly ? '__Host-' : '__Secure-'}${options.name}`;
  }

  nameFor({ client }: HttpContext): string {
    return client.scheme === 'https' ? this.secureName : this.plainName;
  }

  /** What the request has; `null` if it has none. */
  read(context: HttpContext): string | null {
    const field = context.request.headers.get('cookie');
    if (field === undefined || !field.includes(this.plainName)) return null;
    return parseCookies(field).get(this.nameFor(context)) ?? null;
  }

  /**
   * Adds the cookie to the answer, error answers included.
   *
   * @param value `null` makes the browser forget it
   * @param leftMs how long the session lasts
   */
  write(context: HttpContext, value: string | null, leftMs: number): void {
    const { domain, path, sameSite, persistent } = this.options;
    const secure = context.client.scheme === 'https';
    const attributes: CookieAttributes = {
      path,
      httpOnly: true,
      sameSite: secure || sameSite !== 'none' ? sameSites[sameSite] : 'Lax', // None without Secure is dropped by browsers
      ...(secure ? { secure } : {}),
      ...(domain === null ? {} : { domain }),
      ...(value === null ? { maxAgeSeconds: 0 } : persistent ? { maxAgeSeconds: Math.ceil(leftMs / 1000) } : {}),
    };
    const field = formatSetCookie(this.nameFor(context), value ?? '', attributes);
    context.onHead(({ headers }) => headers.append('Set-Cookie', field));
  }

  /** The longest value that browsers keep (RFC 6265bis §5.6). */
  get maxValueLength(): number {
    return 4096 - this.secureName.length;
  }
}
