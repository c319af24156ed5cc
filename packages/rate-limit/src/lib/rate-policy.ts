/** How a rate is measured. */
export type RateAlgorithm = 'token-bucket' | 'fixed-window' | 'sliding-window';

/** A limit, as stores need to know it. Who makes one keeps it: a store may keep state for each object. */
export interface RatePolicy {
  readonly algorithm: RateAlgorithm;
  /** How many requests in `perMs`. At least 1. */
  readonly requests: number;
  /** Milliseconds, above 0. */
  readonly perMs: number;
  /** Token bucket only: how many requests may come at once. At least 1. */
  readonly burst: number;
  /** Windows only: whether refused requests count too, so that a client must slow down before it is let in again. */
  readonly countsRefused: boolean;
}

/** What a store says of a request. */
export interface RateDecision {
  readonly isAllowed: boolean;
  /** How many more requests would be allowed now. */
  readonly remaining: number;
  /** Milliseconds until everything is allowed again, if nothing more comes. */
  readonly resetMs: number;
  /** Milliseconds until the request would be allowed; 0 if it is. */
  readonly retryAfterMs: number;
  /** Milliseconds that the request is ahead of the even rate: it is on time after such a delay. Windows: 0. */
  readonly aheadMs: number;
}

/** What is remembered of a key: the meaning of the numbers is the algorithm's. All zero: nothing yet. */
export interface RateState {
  a: number;
  b: number;
  c: number;
}

/** An algorithm, pure: the store keeps the states. */
export interface RateRule {
  /** How many of the numbers of a state are used. */
  readonly width: 1 | 2 | 3;
  /**
   * Decides on a request that counts as `cost`, and changes the state accordingly. A cost of 0 only looks, a negative one gives back.
   *
   * @param isForced counts the request whatever the decision: it was let in elsewhere
   */
  decide(policy: RatePolicy, state: RateState, now: number, cost: number, isForced: boolean): RateDecision;
  /** From when on a state means the same as none. */
  endOf(policy: RatePolicy, state: RateState): number;
}
