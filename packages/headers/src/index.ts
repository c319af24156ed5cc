export { type ChangeHeadersOptions, changeHeaders, type HeaderChanges } from './lib/change-headers.ts';
export {
  type CompiledPolicy,
  type ContentSecurityPolicyOptions,
  compilePolicy,
  type PolicyDirectives,
} from './lib/content-security-policy.ts';
export { cors } from './lib/cors.ts';
export type { CorsDecision, CorsHeaders } from './lib/cors-decision.ts';
export { type CorsOptions, type CorsPolicy, corsPolicy } from './lib/cors-policy.ts';
export { type CspReport, type CspReportsOptions, cspReports } from './lib/csp-reports.ts';
export { decideCors } from './lib/decide-cors.ts';
export { type HeadersErrorCode, headersErrors } from './lib/errors.ts';
export { hostFilter, hostMatcher } from './lib/host-filter.ts';
export { type HstsOptions, hsts } from './lib/hsts.ts';
export { insertNonce } from './lib/insert-nonce.ts';
export { nonceHeader, nonceKey } from './lib/nonce.ts';
export { privatePages } from './lib/private-pages.ts';
export {
  policyOf,
  type SecurityHeadersOptions,
  securityHeaderDefaults,
  securityHeaders,
} from './lib/security-headers.ts';
export { type ServerTimingOptions, serverTiming } from './lib/server-timing.ts';
