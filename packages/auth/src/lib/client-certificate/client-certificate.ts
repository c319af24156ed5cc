import { X509Certificate } from 'node:crypto';
import { type Clock, type HttpContext, systemClock } from '@windhover/core';
import { checkOptions, type Rules, rule, withFunctions } from '@windhover/options';
import type { AuthScheme } from '../auth-scheme.ts';
import { optionError } from '../errors.ts';
import { networkTest } from '../networks.ts';
import { removeFields } from '../remove-fields.ts';
import { type CertificateRule, certificateMapping } from './certificate-rules.ts';

/** Options of `clientCertificate`. */
export interface ClientCertificateOptions {
  /** Proxies that end TLS and send the certificate in `Client-Cert` (RFC 9440): addresses and networks. */
  readonly trust: readonly string[];
  /** Default: the system's. */
  readonly clock?: Clock;
}

const clientCert: ReadonlySet<string> = new Set(['client-cert']);

const optionRules: Rules<ClientCertificateOptions> = {
  trust: rule('a list of addresses and networks', Array.isArray),
  clock: withFunctions(['now']),
};

/**
 * Finds the user of a client certificate that a trusted proxy has verified and sends in `Client-Cert` (RFC 9440 §2.1).
 * The field of anybody else is removed. Rules map certificates to users. Throws `AUTH_OPTION_INVALID`.
 */
export function clientCertificate(rules: readonly CertificateRule[], options: ClientCertificateOptions): AuthScheme {
  checkOptions(options, optionRules, optionError);
  const { trust, clock = systemClock } = options;
  const map = certificateMapping(rules);
  const isTrusted = networkTest(trust, 'trust');
  return {
    name: 'clientCertificate',
    challenges: () => [],
    authenticate({ request, connection }: HttpContext) {
      const field = request.headers.get('client-cert');
      if (field === undefined) return null;
      if (!isTrusted(connection.remoteAddress)) {
        removeFields(request.headers, clientCert);
        return null;
      }
      const certificate = readField(field);
      if (certificate === null) return { refused: 'malformed' };
      const now = clock.now();
      if (now < Date.parse(certificate.validFrom) || now > Date.parse(certificate.validTo))
        return { refused: 'expired' };
      return map(certificate) ?? { refused: 'certificate', status: 403 };
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
