/**
 * Servers of gRPC end a connection that gets pings more often than every five minutes while they send nothing, after two
 * that came too soon (ENHANCE_YOUR_CALM, `too_many_pings`). A tenth more, because what was sent at a distance may arrive
 * closer.
 */
export const PING_DISTANCE_MS = 330_000;

/** What is known of a connection on which calls wait. Milliseconds since the epoch. */
export interface PingFacts {
  /** When the last bytes came, or when the first of the calls that are open began. */
  readonly heardAt: number;
  /** When the last PING went out; `null` if the upstream has sent a head or a part of a body since. */
  readonly pingedAt: number | null;
  /** Whether a request went out since that PING, and no other PING came so soon after one. */
  readonly mayPingSooner: boolean;
}

/** When the next PING is due: `afterMs` of silence, but pings without an answer to a request between them stand apart. */
export function nextPingAt({ heardAt, pingedAt, mayPingSooner }: PingFacts, afterMs: number): number {
  const silentFrom = heardAt + afterMs;
  return pingedAt === null || mayPingSooner
    ? silentFrom
    : Math.max(silentFrom, pingedAt + Math.max(PING_DISTANCE_MS, afterMs));
}
