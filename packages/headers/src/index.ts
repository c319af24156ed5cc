export { cors } from './lib/cors.ts';
export type { CorsDecision, CorsHeaders } from './lib/cors-decision.ts';
export { type CorsOptions, type CorsPolicy, corsPolicy } from './lib/cors-policy.ts';
export { decideCors } from './lib/decide-cors.ts';
export { type HeadersErrorCode, headersErrors } from './lib/errors.ts';
export { type HstsOptions, hsts } from './lib/hsts.ts';
