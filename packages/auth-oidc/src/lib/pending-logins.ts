import type { Session } from './session.ts';

/** A login that the provider has not answered yet. */
export interface PendingLogin {
  readonly state: string;
  readonly nonce: string;
  /** The PKCE code verifier (RFC 7636). */
  readonly verifier: string;
  /** Where the user goes afterwards: a local path. */
  readonly target: string;
  /** In milliseconds since the epoch. */
  readonly startedAt: number;
}

const pendingName = 'oidc.pending';
/** How many tabs may log in at the same time: the session may be a cookie of 4 KB. */
const maxPending = 3;
/** How long the provider may take, its forms included. */
const pendingMs = 15 * 60_000;

export function addPending(session: Session, login: PendingLogin): void {
  const others = session.get<PendingLogin[]>(pendingName) ?? [];
  const fresh = others.filter(({ startedAt }) => login.startedAt - startedAt < pendingMs);
  session.set(pendingName, [...fresh.slice(1 - maxPending), login]);
}

/** Takes the login with that state out of the session, so that no answer is used twice; `null` if there is none, or it is too old. */
export function takePending(session: Session, state: string | null, now: number): PendingLogin | null {
  const all = session.get<PendingLogin[]>(pendingName) ?? [];
  const found = all.find((login) => login.state === state);
  if (found === undefined) return null;
  const others = all.filter((login) => login !== found);
  if (others.length === 0) session.delete(pendingName);
  else session.set(pendingName, others);
  return now - found.startedAt < pendingMs ? found : null;
}
