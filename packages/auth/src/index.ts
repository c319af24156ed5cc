export { allOf } from './lib/all-of.ts';
export { anyOf } from './lib/any-of.ts';
export { type AuthOptions, type AuthSchemes, auth, type Refused } from './lib/auth.ts';
export { type AuthScheme, isRefusal, isUser, type Refusal, schemeKey, type Verdict } from './lib/auth-scheme.ts';
export { type AuthErrorCode, authErrors } from './lib/errors.ts';
export { type User, userKey } from './lib/user.ts';
