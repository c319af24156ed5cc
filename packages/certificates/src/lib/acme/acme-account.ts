import { createHash } from 'node:crypto';
import type { CertificateStore } from '../certificate-store.ts';
import { certificateError } from '../errors.ts';
import { type AcmeClientOptions, type AcmeConnection, connectAcme, loadAcme } from './acme-client.ts';

interface Account {
  readonly url: string | null;
  readonly key: string;
}

/** The account at an authority: made on first use, kept in the store, so that all servers have one together. */
export interface AcmeAccountOptions extends Omit<AcmeClientOptions, 'accountKey' | 'accountUrl'> {
  readonly store: CertificateStore;
  readonly email: string | null;
}

/** Connects with the account in the store, or registers one there first. */
export async function connectAccount(options: AcmeAccountOptions): Promise<AcmeConnection> {
  const { store, email } = options;
  const name = accountName(options.directory);
  const text = await store.get(name);
  const known = text === null ? null : readAccount(text, name);
  const account = known ?? { url: null, key: (await (await loadAcme()).crypto.createPrivateEcdsaKey()).toString() };
  // The key is kept first: registered again with it, an account is found instead of made (RFC 8555 §7.3.1).
  if (known === null) await store.set(name, format(account));
  const connection = await connectAcme({ ...options, accountKey: account.key, accountUrl: account.url });
  if (account.url !== null) return connection;
  await connection.directory();
  await connection.client.createAccount({
    termsOfServiceAgreed: true,
    ...(email === null ? {} : { contact: [`mailto:${email}`] }),
  });
  await store.set(name, format({ ...account, url: connection.client.getAccountUrl() }));
  return connection;
}

/** Forgets where the account is, because the authority does not know it any more. Its key is used for the next one. */
export async function forgetAccount(store: CertificateStore, directory: string): Promise<void> {
  const name = accountName(directory);
  const text = await store.get(name);
  if (text !== null) await store.set(name, format({ ...readAccount(text, name), url: null }));
}

/** Authorities have long addresses. */
function accountName(directory: string): string {
  return `accounts/${new URL(directory).hostname}-${createHash('sha256').update(directory).digest('hex').slice(0, 8)}.pem`;
}

function format({ url, key }: Account): string {
  return `Account of Windhover at ${url ?? 'nowhere yet'}\n${key.trim()}\n`;
}

function readAccount(text: string, name: string): Account {
  const [key] = /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*-----END [A-Z ]*PRIVATE KEY-----/.exec(text) ?? [];
  if (key === undefined) throw certificateError('CERTIFICATES_STORE_INVALID', `${name} is not a key of an account`);
  const url = /^Account of Windhover at (https?:\S+)/.exec(text)?.[1] ?? null;
  return { url, key: `${key}\n` };
}
