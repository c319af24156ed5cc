/** Why an order has failed, as far as it decides when to try again. */
export type FailureKind = 'rate-limited' | 'unreachable' | 'refused' | 'challenge';

/** What is known of the failures in a row of one name. */
export interface OrderFailure {
  readonly kind: FailureKind;
  readonly count: number;
  readonly atMs: number;
  /** When the authority wants to be asked again; `null`: it did not say. */
  readonly retryAtMs: number | null;
}

const minute = 60_000;
const hour = 60 * minute;

/** The first wait and the longest one. An authority counts failed validations: five in an hour at Let's Encrypt. */
const waits: Readonly<Record<FailureKind, readonly [first: number, longest: number]>> = {
  unreachable: [minute, hour],
  challenge: [5 * minute, 12 * hour],
  refused: [30 * minute, 24 * hour],
  'rate-limited': [hour, 24 * hour],
};

/**
 * When to try again: twice as long after each failure, up to a longest wait, with up to a tenth by chance so that servers which failed together
 * do not come back together. What the authority says holds at least.
 *
 * @param leftMs how long a certificate is still valid: below a day nobody waits longer than a tenth of it, but not less than the first wait
 */
export function retryTime(
  { kind, count, atMs, retryAtMs }: OrderFailure,
  chance: number,
  leftMs: number | null,
): number {
  const [first, longest] = waits[kind];
  const doubled = Math.min(longest, first * 2 ** Math.min(count - 1, 30));
  const hurried = leftMs === null ? doubled : Math.min(doubled, Math.max(first, leftMs / 10));
  return Math.max(atMs + hurried * (1 + chance / 10), retryAtMs ?? 0);
}
