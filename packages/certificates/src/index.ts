export type { ExternalAccount } from './lib/acme/acme-client.ts';
export { type AcmeIssuerOptions, createAcmeIssuer, letsEncrypt } from './lib/acme/acme-issuer.ts';
export type { RenewalInfo } from './lib/acme/renewal-info.ts';
export { alpnCertificates } from './lib/alpn-certificate.ts';
export { type CertificateFacts, certificateFacts } from './lib/certificate-facts.ts';
export type { CertificateIssuer, RevocationReason } from './lib/certificate-issuer.ts';
export {
  type CertificateBus,
  CertificateManager,
  type CertificateManagerOptions,
  createCertificateManager,
} from './lib/certificate-manager.ts';
export { type CertificateStatus, readCertificateStatus } from './lib/certificate-status.ts';
export type { CertificateStore } from './lib/certificate-store.ts';
export { ChallengeBoard } from './lib/challenge-board.ts';
export { createDnsCommand } from './lib/dns/dns-command.ts';
export type { DnsProvider } from './lib/dns/dns-provider.ts';
export { withDnsWait } from './lib/dns/dns-wait.ts';
export { createDnsWebhook } from './lib/dns/dns-webhook.ts';
export { type AliasLookup, followDnsAliases } from './lib/dns/follow-aliases.ts';
export { type CertificateErrorCode, certificateErrors } from './lib/errors.ts';
export { createFileCertificates } from './lib/file-certificates.ts';
export { createFileLeases } from './lib/file-leases.ts';
export {
  FolderCertificates,
  type FolderCertificatesOptions,
  type FolderStatus,
} from './lib/folder-certificates.ts';
export type { FolderCertificate, PfxCertificate } from './lib/folder-file.ts';
export { httpChallenge, isChallengePath } from './lib/http-challenge.ts';
export { createLocalAuthority, type LocalAuthority, type LocalAuthorityOptions } from './lib/local/local-authority.ts';
export { type LocalhostCertificate, openLocalhostCertificate } from './lib/local/localhost-certificate.ts';
export { type TrustResult, trustRoot } from './lib/local/trust-root.ts';
export { createMemoryCertificates } from './lib/memory-certificates.ts';
export { type ChallengeType, covers, isLocalhost, isPrivateName, namesToOrder } from './lib/name-rules.ts';
export type { OcspSend } from './lib/ocsp/fetch-ocsp.ts';
export type { KeptStaple, StapleStatus } from './lib/ocsp/kept-staple.ts';
export { createStapler, Stapler, type StaplerOptions } from './lib/ocsp/stapler.ts';
export type { KeyedCertificate, StoredCertificate } from './lib/stored-certificate.ts';
