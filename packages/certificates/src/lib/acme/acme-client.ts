import type { Client } from 'acme-client';
import { certificateError } from '../errors.ts';
import { type AcmeSend, createAcmeSend } from './acme-http.ts';
import { problemError, readProblem } from './acme-problem.ts';

/** How an account is bound to one that exists at the authority already (RFC 8555 §7.3.4). */
export interface ExternalAccount {
  readonly keyId: string;
  /** In base64url, as authorities show it. */
  readonly macKey: string;
}

/** The authority to speak with, and the account. */
export interface AcmeClientOptions {
  readonly directory: string;
  readonly accountKey: string;
  readonly accountUrl: string | null;
  readonly externalAccount: ExternalAccount | null;
  readonly ca: string | undefined;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

/** A client of one authority. */
export interface AcmeConnection {
  readonly client: Client;
  readonly send: AcmeSend;
  readonly directory: () => Promise<Readonly<Record<string, unknown>>>;
}

/** The library is loaded by the first order: it takes a while, and most starts need none. */
export const loadAcme = (): Promise<typeof import('acme-client')> => import('acme-client');

interface HttpOfClient {
  request(url: string, method: string, options?: { readonly data?: unknown }): Promise<unknown>;
  getDirectory(): Promise<Readonly<Record<string, unknown>>>;
}

/**
 * Creates a client. The library makes and signs what is sent; how it is sent is ours: its own way knows one list of roots for the whole process,
 * repeats requests for minutes without telling, and loses `Retry-After`.
 */
export async function connectAcme(options: AcmeClientOptions): Promise<AcmeConnection> {
  const { directory, accountKey, accountUrl, externalAccount, ca, signal, now } = options;
  const { Client: AcmeClient } = await loadAcme();
  const client = new AcmeClient({
    directoryUrl: directory,
    accountKey,
    ...(accountUrl === null ? {} : { accountUrl }),
    ...(externalAccount === null
      ? {}
      : { externalAccountBinding: { kid: externalAccount.keyId, hmacKey: externalAccount.macKey } }),
  });
  const send = createAcmeSend(ca, signal);
  const { http } = client as unknown as { readonly http: HttpOfClient };
  http.request = async (url, method, { data } = {}) => {
    const answer = await send(url, method, data);
    if (answer.status < 400) return answer;
    const problem = readProblem(answer.status, answer.data, answer.headers['retry-after'], now());
    if (problem.type === 'badNonce') return answer; // the library takes a new one (RFC 8555 §6.5)
    throw problemError(problem, new URL(url).host);
  };
  const readDirectory = async (): Promise<Readonly<Record<string, unknown>>> => {
    const read = await http.getDirectory();
    if (typeof read === 'object' && typeof read['newOrder'] === 'string') return read;
    throw certificateError('CERTIFICATES_ACME_REFUSED', `${directory} is not the directory of an ACME server`);
  };
  return { client, send, directory: readDirectory };
}
