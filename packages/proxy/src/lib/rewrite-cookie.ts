/** How the attributes of cookies from upstreams are changed. */
export interface CookieRules {
  /** New domains, by the old one in lower case; `*` is every other. `null` leaves the attribute out. Default: none. */
  readonly domain?: Readonly<Record<string, string | null>>;
  /** New paths, by the old one; `*` is every other. Default: none. */
  readonly path?: Readonly<Record<string, string>>;
  /** Whether to add `Secure`, for an upstream that does not know that clients use HTTPS. Default: false. */
  readonly secure?: boolean;
}

/** Returns a Set-Cookie value with other attributes. Everything else stays as the upstream spelled it. */
export function rewriteCookie(value: string, rules: CookieRules): string {
  let text = value;
  if (rules.domain !== undefined) text = replaced(text, 'domain', rules.domain, (old) => old.toLowerCase());
  if (rules.path !== undefined) text = replaced(text, 'path', rules.path, (old) => old);
  if (rules.secure === true && !/;\s*secure\s*(?:;|$)/i.test(text)) text += '; Secure';
  return text;
}

function replaced(
  text: string,
  attribute: 'domain' | 'path',
  rules: Readonly<Record<string, string | null>>,
  canonical: (old: string) => string,
): string {
  const pattern = attribute === 'domain' ? /;\s*domain\s*=\s*([^;]*)/i : /;\s*path\s*=\s*([^;]*)/i;
  return text.replace(pattern, (whole, old: string) => {
    const plain = canonical(old.trim());
    const key = Object.hasOwn(rules, plain) ? plain : Object.hasOwn(rules, '*') ? '*' : null;
    if (key === null) return whole;
    const next = rules[key]!;
    return next === null ? '' : `; ${attribute === 'domain' ? 'Domain' : 'Path'}=${next}`;
  });
}
