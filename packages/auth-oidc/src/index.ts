export { createEndedLogins, type EndedLogins, type EndedLoginsOptions } from './lib/ended-logins.ts';
export { type OidcErrorCode, oidcErrors } from './lib/errors.ts';
export { oidc } from './lib/oidc.ts';
export type { ClientKey, OidcOptions } from './lib/oidc-options.ts';
export type { SharedWork, SharedWorkTimes } from './lib/shared-work.ts';
