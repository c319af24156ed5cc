import { readFile } from 'node:fs/promises';
import { certificateFacts, type FolderStatus, type RevocationReason, type Stapler } from '@windhover/certificates';
import type { Configuration } from '@windhover/config';
import { certificatesOf, ftpOf, tlsOf } from '@windhover/features';
import type { CertificateFiles } from '@windhover/transport';
import { automaticNames } from './listener-certificates.ts';

/** A line of `windhover certs`. Times are texts of ISO 8601. */
export interface ListedCertificate {
  readonly name: string;
  /** The issuer of an automatic certificate, or its file; `null`: there is none yet. */
  readonly source: string | null;
  readonly isAutomatic: boolean;
  readonly expires: string | null;
  /** When it is renewed, or the next order is tried; `null`: never by this server. */
  readonly nextOrder: string | null;
  readonly lastError: { readonly at: string; readonly by: string; readonly message: string } | null;
  /** The answer of its OCSP responder that clients get with it; `null`: it names none, or this process has not shown it yet. */
  readonly staple: ListedStaple | null;
}

/** What is known of the answer of an OCSP responder. */
export interface ListedStaple {
  readonly responder: string;
  /** Until when the answer is good; `null`: there is none. */
  readonly goodUntil: string | null;
  /** Whether clients refuse the certificate without one. */
  readonly isRequired: boolean;
  readonly lastError: { readonly at: string; readonly message: string } | null;
}

/** Knows the answers of OCSP responders. */
type Staples = Pick<Stapler, 'status'>;

/**
 * Lists the certificates of all listeners, sites and servers of FTP. Rejects if the store of automatic ones cannot be reached.
 *
 * @param staples those of a running server. Default: none are known
 */
export async function listCertificates(
  config: Pick<Configuration, 'sites' | 'listeners' | 'features'>,
  staples: Staples = { status: () => null },
): Promise<readonly ListedCertificate[]> {
  const service = certificatesOf(config.features);
  const automatic = (await service?.status(automaticNames(config))) ?? [];
  const rows = automatic.map((status): ListedCertificate => {
    const last = [...status.failures].sort((one, other) => other.atMs - one.atMs)[0];
    const failed = last === undefined ? null : { at: toText(last.atMs)!, by: last.issuer, message: last.message };
    const broken = status.fault === null ? null : { at: toText(Date.now())!, by: 'the store', message: status.fault };
    return {
      ...{ name: status.name, source: status.from, isAutomatic: true, expires: toText(status.validTo) },
      ...{
        nextOrder: toText(status.nextOrderAtMs),
        lastError: failed ?? broken,
        staple: listStaple(staples, status.fingerprint),
      },
    };
  });
  const ofFtp = ftpOf(config.features).flatMap(({ certificate }) => certificate ?? []);
  const ofSites = [...config.listeners, ...config.sites].flatMap(({ features }) => tlsOf(features)?.files ?? []);
  const places = [...ofSites, ...ofFtp];
  return [
    ...rows,
    ...(await Promise.all(places.map((files) => listFiles(files, staples)))),
    ...((await service?.folderStatus()) ?? []).map((status) => listFolder(status, staples)),
  ];
}

/** Orders a new certificate for an automatic name, then revokes the old one. Rejects with the reason if one of the two fails. */
export async function revokeCertificate(
  config: Pick<Configuration, 'features'>,
  name: string,
  reason: RevocationReason,
): Promise<null> {
  const service = certificatesOf(config.features);
  if (service === null) throw new Error('The configuration has no `certificates`');
  await service.revoke(name, reason);
  return null;
}

async function listFiles({ certFile }: CertificateFiles, staples: Staples): Promise<ListedCertificate> {
  const common = { source: certFile, isAutomatic: false, nextOrder: null };
  try {
    const { names, validTo, fingerprint } = certificateFacts(await readFile(certFile));
    const staple = listStaple(staples, fingerprint);
    return { ...common, name: names.join(', '), expires: toText(validTo), lastError: null, staple };
  } catch (error) {
    const lastError = { at: toText(Date.now())!, by: 'the file', message: (error as Error).message };
    return { ...common, name: certFile, expires: null, lastError, staple: null };
  }
}

function listFolder({ name, file, validTo, fingerprint, fault }: FolderStatus, staples: Staples): ListedCertificate {
  const lastError = fault === null ? null : { at: toText(Date.now())!, by: 'the file', message: fault };
  const staple = listStaple(staples, fingerprint);
  return { name, source: file, isAutomatic: false, expires: toText(validTo), nextOrder: null, lastError, staple };
}

function listStaple(staples: Staples, fingerprint: string | null): ListedStaple | null {
  const status = fingerprint === null ? null : staples.status(fingerprint);
  if (status === null) return null;
  const { responder, goodUntil, isRequired, lastError: error } = status;
  const lastError = error === null ? null : { at: toText(error.atMs)!, message: error.message };
  return { responder, goodUntil: toText(goodUntil), isRequired, lastError };
}

function toText(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
