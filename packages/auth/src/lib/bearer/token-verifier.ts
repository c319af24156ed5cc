import type { Refusal } from '../auth-scheme.ts';
import type { User } from '../user.ts';

/** A token that is good. */
export interface GoodToken {
  readonly user: User;
  /** Until when it may be remembered, in milliseconds since the epoch. */
  readonly until: number;
  /** The scopes it was given. */
  readonly scopes: readonly string[];
}

/** Decides about tokens: `jwt`, `introspection`, or your own. */
export interface TokenVerifier {
  /** Rejects with an `HttpError` if it cannot decide now. */
  verify(token: string): Promise<GoodToken | Refusal>;
  /** A number that changes when remembered tokens must be checked again, for instance with the keys. Default: never. */
  current?(): number;
}
