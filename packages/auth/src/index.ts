export { allOf } from './lib/all-of.ts';
export { anyOf } from './lib/any-of.ts';
export { type ApiKeyOptions, apiKey, createApiKey, hashApiKey } from './lib/api-key/api-key.ts';
export { type AuthOptions, type AuthSchemes, auth, type Refused, type TellFields } from './lib/auth.ts';
export {
  type AuthScheme,
  isRefusal,
  isUser,
  keptCredentialsKey,
  type Refusal,
  schemeKey,
  type Verdict,
} from './lib/auth-scheme.ts';
export type { AccessRule, ClaimValue, Condition, Who } from './lib/authorize/access-rule.ts';
export { type AccessPredicate, type AuthorizeOptions, accessDecider, authorize } from './lib/authorize/authorize.ts';
export type { AccessDecision } from './lib/authorize/decide-access.ts';
export { type IisRule, iisRules } from './lib/authorize/iis-rules.ts';
export { type MayShow, mayShowKey } from './lib/authorize/may-show.ts';
export { type BasicOptions, basic, type VerifyPassword } from './lib/basic/basic.ts';
export { type BearerOptions, bearer } from './lib/bearer/bearer.ts';
export { type IntrospectionOptions, introspection } from './lib/bearer/introspection.ts';
export { type JwtOptions, jwt } from './lib/bearer/jwt.ts';
export { type UserClaims, userOfClaims } from './lib/bearer/token-user.ts';
export type { GoodToken, TokenVerifier } from './lib/bearer/token-verifier.ts';
export {
  type CertificateMapping,
  type CertificateRule,
  certificateMapping,
} from './lib/client-certificate/certificate-rules.ts';
export { type ClientCertificateOptions, clientCertificate } from './lib/client-certificate/client-certificate.ts';
export { type Digest, type DigestOptions, digest } from './lib/digest/digest.ts';
export {
  type DigestAlgorithm,
  digestLine,
  type Htdigest,
  type OfferedAlgorithm,
  parseHtdigest,
} from './lib/digest/digest-secrets.ts';
export { type AuthErrorCode, authErrors } from './lib/errors.ts';
export { type ForwardAuth, type ForwardAuthOptions, forwardAuth } from './lib/forward-auth/forward-auth.ts';
export { checkPassword } from './lib/password/check-password.ts';
export { hashPassword, type NewPasswordHashKind } from './lib/password/hash-password.ts';
export { type PasswordHashKind, passwordHashKind } from './lib/password/password-hash.ts';
export { createPasswordPool, type PasswordPool, type PasswordPoolOptions } from './lib/password/password-pool.ts';
export { type SignUrlOptions, signUrl } from './lib/signed-url/sign-url.ts';
export { type SignedUrlOptions, signedUrl } from './lib/signed-url/signed-url.ts';
export { type User, userKey } from './lib/user.ts';
export { type HtpasswdUsers, type HtpasswdUsersOptions, htpasswdUsers } from './lib/users/htpasswd-users.ts';
export { listUsers } from './lib/users/list-users.ts';
export { editHtpasswd, type Htpasswd, parseHtpasswd } from './lib/users/parse-htpasswd.ts';
export type { UserSource } from './lib/users/user-source.ts';
export { userSourceKind } from './lib/users/user-source-kind.ts';
export type { RoleMembers } from './lib/users/user-table.ts';
