export { type NegotiateErrorCode, negotiateErrors } from './lib/errors.ts';
export type { KerberosAcceptor, KerberosModule } from './lib/kerberos-module.ts';
export { keytabPrincipals } from './lib/keytab-principals.ts';
export { type Negotiate, negotiate } from './lib/negotiate.ts';
export type { NegotiateOptions } from './lib/negotiate-options.ts';
export type { UserNames } from './lib/user-names.ts';
