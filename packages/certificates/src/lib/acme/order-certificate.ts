import type { Clock } from '@windhover/core';
import type { Authorization, Order } from 'acme-client';
import { certificateError } from '../errors.ts';
import type { ChallengeType } from '../name-rules.ts';
import type { KeyedCertificate } from '../stored-certificate.ts';
import { type AcmeConnection, loadAcme } from './acme-client.ts';

/** Shows an authority that a name is ours. */
export interface ChallengeSolver {
  /** @param answer the key authorization; for DNS-01 its hash, which is the value of the record */
  show(type: ChallengeType, name: string, token: string, answer: string): Promise<void>;
  hide(type: ChallengeType, name: string, token: string, answer: string): Promise<void>;
}

/** One order. */
export interface OrderOptions {
  readonly names: readonly string[];
  readonly challenge: ChallengeType;
  readonly solver: ChallengeSolver;
  readonly keyType: 'ec' | 'rsa';
  /** Extra members of the order: `profile`, `replaces` (RFC 9773 §5). */
  readonly more: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** How long an authority may take for each step, in milliseconds. */
const stepMs = 180_000;
const firstLookMs = 250;
const longestLookMs = 5000;

/** Orders a certificate (RFC 8555 §7.4). */
export async function orderCertificate(connection: AcmeConnection, options: OrderOptions): Promise<KeyedCertificate> {
  const { client } = connection;
  const { names, more, keyType } = options;
  const identifiers = names.map((value) => ({ type: 'dns', value }));
  const order = await client.createOrder({ identifiers, ...more } as Parameters<typeof client.createOrder>[0]);
  for (const authorization of await client.getAuthorizations(order))
    if (authorization.status !== 'valid') await authorize(connection, authorization, options);
  const { crypto } = await loadAcme();
  const key = keyType === 'ec' ? await crypto.createPrivateEcdsaKey() : await crypto.createPrivateRsaKey();
  const [, csr] = await crypto.createCsr({ altNames: [...names] }, key);
  const ready = await until(order, (at) => client.getOrder(at), ['ready', 'valid'], options);
  await client.finalizeOrder(ready, csr);
  const valid = await until(order, (at) => client.getOrder(at), ['valid'], options);
  return { cert: await client.getCertificate(valid), key: key.toString() };
}

async function authorize(
  { client }: AcmeConnection,
  authorization: Authorization,
  options: OrderOptions,
): Promise<void> {
  const { challenge: type, solver } = options;
  const { value } = authorization.identifier;
  const challenge = authorization.challenges.find((each) => each.type === type);
  if (challenge === undefined)
    throw certificateError('CERTIFICATES_ACME_CHALLENGE_FAILED', `the authority offers no ${type} for ${value}`);
  const { token } = challenge as { readonly token: string };
  const answer = await client.getChallengeKeyAuthorization(challenge);
  try {
    await solver.show(type, value, token, answer);
    options.signal.throwIfAborted();
    await client.completeChallenge(challenge);
    const look = async (): Promise<Authorization> => {
      const [now] = await client.getAuthorizations({ authorizations: [authorization.url] } as Order);
      return now!;
    };
    await until(authorization, look, ['valid'], options);
  } finally {
    await solver.hide(type, value, token, answer);
  }
}

/** Looks again and again until an object of the authority has one of these states. */
async function until<T extends { readonly status: string }>(
  first: T,
  look: (at: T) => Promise<T>,
  states: readonly string[],
  { clock, signal }: Pick<OrderOptions, 'clock' | 'signal'>,
): Promise<T> {
  const endsAtMs = clock.now() + stepMs;
  let current = first;
  for (let waitMs = firstLookMs; ; waitMs = Math.min(waitMs * 2, longestLookMs)) {
    current = await look(current);
    if (states.includes(current.status)) return current;
    if (!['pending', 'processing', 'ready'].includes(current.status)) throw failed(current);
    if (clock.now() >= endsAtMs)
      throw certificateError('CERTIFICATES_ACME_TOO_SLOW', `it is ${current.status} after ${stepMs} ms`);
    await sleep(waitMs, clock, signal);
  }
}

function failed(object: object): Error {
  const {
    status,
    error,
    challenges = [],
    identifier,
  } = object as Partial<Authorization> & {
    readonly error?: { readonly detail?: string };
  };
  const reasons = [error, ...challenges.map((each) => (each as { readonly error?: object }).error)];
  const details = reasons.flatMap((each) => {
    const { detail } = (each ?? {}) as { readonly detail?: string };
    return detail === undefined ? [] : [detail];
  });
  const what = identifier === undefined ? 'the order' : identifier.value;
  const why = details.length === 0 ? `it is ${status}` : details.join('; ');
  const code = identifier === undefined ? 'CERTIFICATES_ACME_REFUSED' : 'CERTIFICATES_ACME_CHALLENGE_FAILED';
  return certificateError(code, `${what}: ${why}`);
}

function sleep(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.schedule(ms, () => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
    signal.addEventListener('abort', abort, { once: true });
  });
}
