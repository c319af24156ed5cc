import { Http2Error } from '@windhover/http2-codec';
import type { ClientError } from './errors.ts';
import { isIdempotent } from './is-idempotent.ts';

/** An upstream that goes away again and again must not keep a call for ever. */
const MAX_REFUSALS = 3;

/** The state of the connection on which a call failed. */
export interface FailedCarrier {
  /** Calls that were begun on it. */
  readonly calls: number;
  /** Whether anything came since the request went out. */
  readonly hasAnswered: boolean;
  /** Whether the upstream has said that it goes away (GOAWAY), and has ended the connection since. */
  readonly hasLeft?: boolean;
}

/** How often a call was sent again already. */
export interface Repeats {
  /** Because the upstream had not processed it. */
  refused: number;
  /** Because the connection was lost. */
  lost: number;
}

/**
 * Whether a call that failed may be sent again, as far as the upstream is concerned; whether its body is still there is
 * another question. Counts in `repeats` if it may.
 */
export function mayRepeat(error: ClientError, method: string, carrier: FailedCarrier, repeats: Repeats): boolean {
  // RFC 9113 §8.7: the upstream has said that it did nothing with it, whatever the method and the error code.
  if (error.isUnprocessed) {
    if (!Http2Error.is(error.cause) || repeats.refused >= MAX_REFUSALS) return false;
    repeats.refused += 1;
    return true;
  }
  // RFC 9110 §9.2.2: what may be done twice is done once more, because the request itself may be what ends connections.
  if (error.code !== 'CLIENT_CLOSED_EARLY' || !isIdempotent(method) || repeats.lost > 0) return false;
  // RFC 9112 §9.3.1: a kept connection may close just as a request goes out.
  const mayHaveBeenTooOld = carrier.calls >= 2 && !carrier.hasAnswered;
  // RFC 9113 §6.8: it may or may not have processed those before its GOAWAY.
  if (!mayHaveBeenTooOld && carrier.hasLeft !== true) return false;
  repeats.lost += 1;
  return true;
}
