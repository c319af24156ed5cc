import { loadAcme } from './acme/acme-client.ts';
import type { ChallengeBoard } from './challenge-board.ts';
import type { KeyedCertificate } from './stored-certificate.ts';

/** How many certificates for challenges are kept: one is asked for several times within seconds. */
const maxKept = 100;

/**
 * Creates the answer to TLS-ALPN-01 (RFC 8737): the certificate for a name whose challenge is under way, for clients that offer `acme-tls/1` and
 * nothing else. `null`: there is none.
 */
export function alpnCertificates(board: ChallengeBoard): (serverName: string) => Promise<KeyedCertificate | null> {
  const kept = new Map<string, Promise<KeyedCertificate>>();
  return async (serverName) => {
    const answer = await board.find('name', serverName);
    if (answer === null) return null;
    const key = `${serverName} ${answer}`;
    const existing = kept.get(key);
    if (existing !== undefined) return existing;
    if (kept.size >= maxKept) kept.clear();
    const made = make(serverName, answer);
    kept.set(key, made);
    made.catch(() => kept.delete(key));
    return made;
  };
}

async function make(serverName: string, answer: string): Promise<KeyedCertificate> {
  const { crypto } = await loadAcme();
  const key = await crypto.createPrivateEcdsaKey();
  const authorization = { identifier: { type: 'dns', value: serverName } };
  const [, cert] = await crypto.createAlpnCertificate(
    authorization as Parameters<typeof crypto.createAlpnCertificate>[0],
    answer,
    key,
  );
  return { cert: cert.toString(), key: key.toString() };
}
