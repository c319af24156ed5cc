import { X509Certificate } from 'node:crypto';
import { type ClientCertificateInfo, type Clock, type HttpContext, systemClock } from '@windhover/core';
import { checkOptions, type Rules, rule, withFunctions } from '@windhover/options';
import type { AuthScheme, Verdict } from '../auth-scheme.ts';
import { optionError } from '../errors.ts';
import { networkTest } from '../networks.ts';
import { removeFields } from '../remove-fields.ts';
import type { User } from '../user.ts';
import { type CertificateRule, certificateMapping } from './certificate-rules.ts';

/** Options of `clientCertificate`. */
export interface ClientCertificateOptions {
  /**
   * Proxies that end TLS and send the certificate in `Client-Cert` (RFC 9440): addresses and networks. For their connections the field
   * alone counts. Default: none.
   */
  readonly trust?: readonly string[];
  /** Default: the system's. */
  readonly clock?: Clock;
}

const clientCert: ReadonlySet<string> = new Set(['client-cert']);

const optionRules: Rules<ClientCertificateOptions> = {
  trust: rule('a list of addresses and networks', Array.isArray),
  clock: withFunctions(['now']),
};

type Mapped = { readonly certificate: X509Certificate; readonly user: User | null | undefined };

/**
 * Finds the user of the client's certificate: that of its TLS connection, if the server has asked for one, or that which a trusted proxy has
 * verified and sends in `Client-Cert` (RFC 9440 §2.1). The field of anybody else is removed. Rules map certificates to users. Throws
 * `AUTH_OPTION_INVALID`.
 */
export function clientCertificate(
  rules: readonly CertificateRule[],
  options: ClientCertificateOptions = {},
): AuthScheme {
  checkOptions(options, optionRules, optionError);
  const { trust = [], clock = systemClock } = options;
  const map = certificateMapping(rules);
  const isTrusted = networkTest(trust, 'trust');
  const seen = new WeakMap<ClientCertificateInfo, Mapped>(); // a connection has one certificate, and many requests
  const decide = ({ certificate, user }: Mapped): Verdict => {
    const now = clock.now();
    if (now < Date.parse(certificate.validFrom) || now > Date.parse(certificate.validTo)) return { refused: 'expired' };
    return user ?? { refused: 'certificate', status: 403 };
  };
  const ofConnection = (info: ClientCertificateInfo): Verdict => {
    const { raw, fault } = info;
    if (raw === null) return null;
    if (fault !== null) return { refused: fault, status: 403 };
    let mapped = seen.get(info);
    if (mapped === undefined) {
      const certificate = new X509Certificate(raw);
      mapped = { certificate, user: map(certificate) };
      seen.set(info, mapped);
    }
    return decide(mapped);
  };
  return {
    name: 'clientCertificate',
    challenges: () => [],
    authenticate({ request, connection }: HttpContext) {
      const field = request.headers.get('client-cert');
      if (trust.length > 0 && isTrusted(connection.remoteAddress)) {
        if (field === undefined) return null;
        const certificate = readField(field);
        return certificate === null ? { refused: 'malformed' } : decide({ certificate, user: map(certificate) });
      }
      if (field !== undefined) removeFields(request.headers, clientCert);
      const info = connection.tls?.clientCertificate;
      return info == null ? null : ofConnection(info);
    },
  };
}

/** The certificate in a byte sequence of Structured Fields: `:base64:`. */
function readField(field: string): X509Certificate | null {
  const [, base64] = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(field) ?? [];
  if (base64 === undefined) return null;
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'));
  } catch {
    return null; // not a certificate
  }
}
