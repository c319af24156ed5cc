import { type Clock, type Logger, systemClock } from '@windhover/core';
import {
  anyObject,
  anyText,
  checkOptions,
  milliseconds,
  type Rules,
  trueOrFalse,
  wholeNumber,
  withFunctions,
} from '@windhover/options';
import { optionError } from './errors.ts';
import type { KerberosModule } from './kerberos-module.ts';
import type { UserNames } from './user-names.ts';

/** Options of `negotiate`. */
export interface NegotiateOptions extends UserNames {
  /**
   * The file with the keys of this server. A process has one, since GSSAPI takes it from the environment: this sets
   * `KRB5_KTNAME`. Default: as the environment and `krb5.conf` say, usually /etc/krb5.keytab.
   */
  readonly keytab?: string;
  /** The first part of the service's principal. Default: `HTTP`, which is what browsers and curl ask for. */
  readonly service?: string;
  /** The host in the service's principal. Default: every host for which the keytab has a key of this service. */
  readonly host?: string;
  /**
   * Whether every request needs a ticket. Default: false: a login holds for the connection, as in IIS. Use true behind
   * programs that send several clients' requests over one connection and do not say so.
   */
  readonly perRequest?: boolean;
  /** How long a connection keeps its user; then the client shows a ticket again. Default: 3,600,000, one hour. */
  readonly bindMs?: number;
  /** The largest token, decoded. Default: 48,000, as in Windows (MaxTokenSize): tickets of users with many groups. */
  readonly maxTokenBytes?: number;
  /** After so many refused tokens, a connection gets 429. Default: 10, far more than clients that work need. */
  readonly maxFailures?: number;
  /** Default: the package `kerberos`. */
  readonly kerberos?: KerberosModule;
  /** Default: the system's. */
  readonly clock?: Pick<Clock, 'now'>;
  /** Is told once if requests come through a proxy. Default: nobody. */
  readonly log?: Pick<Logger, 'warn'>;
}

const optionRules: Rules<NegotiateOptions> = {
  keytab: anyText,
  service: anyText,
  host: anyText,
  realms: anyObject,
  users: anyObject,
  roles: anyObject,
  perRequest: trueOrFalse,
  bindMs: milliseconds('above 0'),
  maxTokenBytes: wholeNumber(1),
  maxFailures: wholeNumber(1),
  kerberos: withFunctions(['initializeServer']),
  clock: withFunctions(['now']),
  log: withFunctions(['warn']),
};

/** The options with their defaults. Throws `NEGOTIATE_OPTION_INVALID`. */
export function resolveOptions(options: NegotiateOptions) {
  checkOptions(options, optionRules, optionError);
  const { service = 'HTTP', host, keytab = null, kerberos = null, log = null, clock = systemClock } = options;
  const { perRequest = false, bindMs = 3_600_000, maxTokenBytes = 48_000, maxFailures = 10 } = options;
  if (/[@/]/.test(service))
    throw optionError('service: expected a name such as HTTP; the host is an option of its own');
  const fullService = host === undefined ? service : `${service}@${host}`;
  return { service: fullService, keytab, kerberos, log, clock, perRequest, bindMs, maxTokenBytes, maxFailures };
}
