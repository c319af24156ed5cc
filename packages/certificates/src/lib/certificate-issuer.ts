import type { RenewalInfo } from './acme/renewal-info.ts';
import type { KeyedCertificate } from './stored-certificate.ts';

/** Why a certificate is revoked (RFC 5280 §5.3.1). */
export type RevocationReason = 'unspecified' | 'keyCompromise' | 'superseded' | 'cessationOfOperation';

/** Issues certificates: an ACME authority, or the local one. */
export interface CertificateIssuer {
  /** The host of the ACME directory, or `local`. */
  readonly name: string;
  /** Says why it cannot issue for a name; `null`: it can. */
  refusal(name: string): string | null;
  /** @param replaces the certificate that is renewed; `null`: there is none */
  issue(names: readonly string[], signal: AbortSignal, replaces: KeyedCertificate | null): Promise<KeyedCertificate>;
  /** Asks when a certificate should be renewed; `null`: the issuer does not say. */
  renewalInfo?(certificate: KeyedCertificate, signal: AbortSignal): Promise<RenewalInfo | null>;
  /** One that is revoked already is no error. */
  revoke?(certificate: Pick<KeyedCertificate, 'cert'>, reason: RevocationReason, signal: AbortSignal): Promise<void>;
}
