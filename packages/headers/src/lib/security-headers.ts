import { type HttpContext, HttpHeaders, type HttpResponse, type Middleware } from '@windhover/core';
import { checkOptions, isRecord, type Rules, rule } from '@windhover/options';
import { type CompiledPolicy, type ContentSecurityPolicyOptions, compilePolicy } from './content-security-policy.ts';
import { headersError } from './errors.ts';
import { makeNonce } from './nonce.ts';
import { markPrivate } from './private-pages.ts';

/** The headers of `securityHeaders`. A text is sent in place of the usual value, `false` leaves a header out. */
export interface SecurityHeadersOptions {
  /**
   * What pages may load. `true` is the usual strict set, which stops inline scripts. Default: false, because a policy has to
   * fit the pages.
   */
  readonly contentSecurityPolicy?: boolean | ContentSecurityPolicyOptions;
  /** Default: `same-origin`: windows of other sites that were opened by a page cannot reach it. */
  readonly crossOriginOpenerPolicy?: string | false;
  /** Default: `same-origin`: pages of other sites cannot embed the answers. */
  readonly crossOriginResourcePolicy?: string | false;
  /** Default: none; `require-corp` is what shared memory needs. */
  readonly crossOriginEmbedderPolicy?: string | false;
  /** Default: `?1`: a process of its own for the origin. */
  readonly originAgentCluster?: string | false;
  /** Default: `no-referrer`: other sites do not learn where a visitor comes from. */
  readonly referrerPolicy?: string | false;
  /** Over HTTPS. Default: `max-age=31536000`, a year. */
  readonly strictTransportSecurity?: string | false;
  /** Default: `nosniff`: browsers believe the content type. */
  readonly contentTypeOptions?: string | false;
  /** Default: `off`: browsers do not look up names of links ahead. */
  readonly dnsPrefetchControl?: string | false;
  /** Default: `noopen`: old browsers do not open downloads in the site. */
  readonly downloadOptions?: string | false;
  /** Default: `SAMEORIGIN`: other sites cannot frame the pages. */
  readonly frameOptions?: string | false;
  /** Default: `none`: Flash and PDF readers may not read across sites. */
  readonly permittedCrossDomainPolicies?: string | false;
  /** Default: `0`, because the filter it controls did harm. */
  readonly xssProtection?: string | false;
  /** Which features of the browser pages may use: `camera=(), geolocation=(self)`. Default: none sent. */
  readonly permissionsPolicy?: string | false;
  /** Whether `X-Powered-By` of the application is removed. Default: true. */
  readonly hidePoweredBy?: boolean;
}

type FixedOption = Exclude<keyof SecurityHeadersOptions, 'contentSecurityPolicy' | 'hidePoweredBy'>;

/** Each option with its header, and the value it has by default; `null`: not sent. */
export const securityHeaderDefaults: Readonly<Record<FixedOption, readonly [header: string, value: string | null]>> = {
  crossOriginOpenerPolicy: ['Cross-Origin-Opener-Policy', 'same-origin'],
  crossOriginResourcePolicy: ['Cross-Origin-Resource-Policy', 'same-origin'],
  crossOriginEmbedderPolicy: ['Cross-Origin-Embedder-Policy', null],
  originAgentCluster: ['Origin-Agent-Cluster', '?1'],
  referrerPolicy: ['Referrer-Policy', 'no-referrer'],
  strictTransportSecurity: ['Strict-Transport-Security', 'max-age=31536000'],
  contentTypeOptions: ['X-Content-Type-Options', 'nosniff'],
  dnsPrefetchControl: ['X-DNS-Prefetch-Control', 'off'],
  downloadOptions: ['X-Download-Options', 'noopen'],
  frameOptions: ['X-Frame-Options', 'SAMEORIGIN'],
  permittedCrossDomainPolicies: ['X-Permitted-Cross-Domain-Policies', 'none'],
  xssProtection: ['X-XSS-Protection', '0'],
  permissionsPolicy: ['Permissions-Policy', null],
};

const fixedOptions = Object.keys(securityHeaderDefaults) as FixedOption[];
const textOrFalse = rule('a text that can be sent, or false', (value) => value === false || canSend(value));
const trueOrPolicy = rule('true, false or a policy', (value) => typeof value === 'boolean' || isRecord(value));
const optionRules = {
  ...Object.fromEntries(fixedOptions.map((name) => [name, textOrFalse])),
  // Browsers ignore every other value, so that a misspelt one would protect nothing (RFC 7034 §2.1).
  frameOptions: rule('DENY, SAMEORIGIN or false', (value) => [false, 'DENY', 'SAMEORIGIN'].includes(value as string)),
  contentSecurityPolicy: trueOrPolicy,
  hidePoweredBy: rule('true or false', (value) => typeof value === 'boolean'),
} as unknown as Rules<SecurityHeadersOptions>;

/**
 * Sets the headers that make browsers careful, on every answer, errors too. A header that the application has set stays as
 * it is. With `nonce` in the policy, each answer has a new one: applications find it in `X-CSP-Nonce` and `nonceKey`, and
 * `insertNonce` writes it into pages. Throws `HEADERS_OPTION_INVALID` when it is created.
 */
export function securityHeaders(options: SecurityHeadersOptions = {}): Middleware<HttpContext> {
  checkOptions(options, optionRules, (fault) => headersError('HEADERS_OPTION_INVALID', `securityHeaders(): ${fault}`));
  const { contentSecurityPolicy = false, hidePoweredBy = true } = options;
  const policy = policyOf(contentSecurityPolicy);
  const all = fixedOptions.flatMap((name): (readonly [string, string])[] => {
    const [header, usual] = securityHeaderDefaults[name];
    const value = options[name] ?? usual;
    return value === null || value === false ? [] : [[header.toLowerCase(), value]];
  });
  const overHttp = all.filter(([header]) => header !== 'strict-transport-security'); // RFC 6797 §7.2
  return function securityHeaders(context, next) {
    const nonce = policy?.needsNonce === true ? makeNonce(context) : '';
    const isHttps = context.client.scheme === 'https';
    context.onHead((response) => {
      if (hidePoweredBy) response.headers.delete('x-powered-by');
      setMissing(response, isHttps ? all : overHttp);
      if (policy === null) return;
      if (policy.needsNonce) markPrivate(response);
      // The client has the page with its nonce, and the policy of then.
      if (!policy.needsNonce || response.status !== 304) setPolicy(response, policy, nonce);
    });
    return next(context);
  };
}

/** The policy of an option; `null`: none. */
export function policyOf(option: boolean | ContentSecurityPolicyOptions): CompiledPolicy | null {
  return option === false ? null : compilePolicy(option === true ? {} : option);
}

function setMissing({ headers }: HttpResponse, fields: readonly (readonly [string, string])[]): void {
  for (const [name, value] of fields) if (!headers.has(name)) headers.set(name, value);
}

function setPolicy({ headers }: HttpResponse, { header, endpoints, format }: CompiledPolicy, nonce: string): void {
  if (headers.has(header)) return;
  headers.set(header, format(nonce));
  if (endpoints !== null) headers.append('Reporting-Endpoints', endpoints);
}

function canSend(value: unknown): boolean {
  try {
    new HttpHeaders(null).set('x', value as string);
    return typeof value === 'string' && value !== '';
  } catch {
    return false; // CORE_HEADER_INVALID
  }
}
