import { nearestName } from '@windhover/options';
import { headersError } from './errors.ts';

/** The directives of a policy: `{ 'script-src': ["'self'", 'nonce'] }`. `true`: a directive without values. `false`: not this one. */
export type PolicyDirectives = Readonly<Record<string, readonly string[] | string | boolean>>;

/** A Content-Security-Policy. */
export interface ContentSecurityPolicyOptions {
  /** Added to the usual ones, or in place of those of the same name. `nonce` stands for the nonce of the answer. */
  readonly directives?: PolicyDirectives;
  /** Whether the directives below are left out. Default: false. */
  readonly withoutDefaults?: boolean;
  /** Whether browsers only report what the policy forbids. Default: false. */
  readonly reportOnly?: boolean;
  /** Where browsers send reports: a path or an https address. Default: nowhere. */
  readonly reportTo?: string;
}

/** What a page may load if nothing else is said: the set that helmet has made usual. */
const defaults: PolicyDirectives = {
  'default-src': ["'self'"],
  'base-uri': ["'self'"],
  'font-src': ["'self'", 'https:', 'data:'],
  'form-action': ["'self'"],
  'frame-ancestors': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'object-src': ["'none'"],
  'script-src': ["'self'"],
  'script-src-attr': ["'none'"],
  'style-src': ["'self'", 'https:', "'unsafe-inline'"],
  'upgrade-insecure-requests': true,
};

/** CSP3 §6, and those that browsers still read. A misspelt one would be ignored by them. */
const known = [
  ...['base-uri', 'child-src', 'connect-src', 'default-src', 'fenced-frame-src', 'font-src', 'form-action'],
  ...[
    'frame-ancestors',
    'frame-src',
    'img-src',
    'manifest-src',
    'media-src',
    'navigate-to',
    'object-src',
    'prefetch-src',
  ],
  ...['report-to', 'report-uri', 'require-trusted-types-for', 'sandbox', 'script-src', 'script-src-attr'],
  ...['script-src-elem', 'style-src', 'style-src-attr', 'style-src-elem', 'trusted-types', 'upgrade-insecure-requests'],
  ...['webrtc', 'worker-src', 'block-all-mixed-content', 'plugin-types'],
];

/** A policy that is ready. */
export interface CompiledPolicy {
  readonly header: 'Content-Security-Policy' | 'Content-Security-Policy-Report-Only';
  readonly needsNonce: boolean;
  /** The value of `Reporting-Endpoints`; `null` without reports. */
  readonly endpoints: string | null;
  /** The value of the header, for a nonce if it needs one. */
  format(nonce: string): string;
}

/** Compiles a policy. Throws `HEADERS_OPTION_INVALID`, also for values that browsers would not understand. */
export function compilePolicy(options: ContentSecurityPolicyOptions): CompiledPolicy {
  const { directives = {}, withoutDefaults = false, reportOnly = false, reportTo } = options;
  const all = { ...(withoutDefaults ? {} : defaults), ...directives };
  const parts = Object.entries(all).flatMap(([name, value]) => {
    if (!known.includes(name)) {
      const meant = nearestName(name, known);
      throw refuse(
        `${name} is not a directive${meant === undefined ? ', such as script-src' : `. Did you mean ${meant}?`}`,
      );
    }
    if (value === false) return [];
    return [value === true ? name : `${name} ${valuesOf(name, value).join(' ')}`];
  });
  if (reportTo !== undefined) parts.push(`report-uri ${checkEndpoint(reportTo)}`, 'report-to csp');
  if (parts.length === 0) throw refuse('expected at least one directive');
  const text = parts.join('; ');
  const pieces = text.split("'nonce'");
  return {
    header: reportOnly ? 'Content-Security-Policy-Report-Only' : 'Content-Security-Policy',
    needsNonce: pieces.length > 1,
    endpoints: reportTo === undefined ? null : `csp="${reportTo}"`,
    format: (nonce) => (pieces.length === 1 ? text : pieces.join(`'nonce-${nonce}'`)),
  };
}

const keywords = new Set([
  'self',
  'none',
  'unsafe-inline',
  'unsafe-eval',
  'unsafe-hashes',
  'strict-dynamic',
  'report-sample',
  'wasm-unsafe-eval',
  'inline-speculation-rules',
]);

function valuesOf(name: string, given: readonly string[] | string): readonly string[] {
  const values = typeof given === 'string' ? given.split(/\s+/).filter((text) => text !== '') : given;
  if (values.length === 0) throw refuse(`${name}: expected a value; 'none' allows nothing`);
  return values.map((value) => {
    if (value === 'nonce' || value === "'nonce'") return "'nonce'";
    // The commonest mistake: a browser reads self as the name of a host.
    if (keywords.has(value)) throw refuse(`${name}: ${value} needs quotes: '${value}'`);
    if (typeof value === 'string' && /^[^\s;,]+$/.test(value) && /^[\x21-\x7e]+$/.test(value)) return value;
    throw refuse(`${name}: expected a source without spaces, commas and semicolons, found ${JSON.stringify(value)}`);
  });
}

function checkEndpoint(address: string): string {
  if (/^(?:\/(?!\/)|https:\/\/)[\x21-\x7e]*$/.test(address) && !/[";,\\]/.test(address)) return address;
  throw refuse(`reportTo: expected a path or an https address, found ${JSON.stringify(address)}`);
}

function refuse(why: string): Error {
  return headersError('HEADERS_OPTION_INVALID', `contentSecurityPolicy: ${why}`);
}
