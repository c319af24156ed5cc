import { type Clock, type ConnectionInfo, type Logger, systemClock } from '@windhover/core';
import { type TransportError, transportErrors } from './errors.ts';

/** How often the log hears of one reason. */
const toldEveryMs = 60_000;

/** OpenSSL's code for first bytes that are neither TLS nor HTTP. */
const notTls = 'ERR_SSL_WRONG_VERSION_NUMBER';

/** Reasons that are counted apart; the others are one. */
const maxReasons = 50;

interface Told {
  at: number;
  refused: number;
}

/**
 * Makes an `onHandshakeError` for `createTls` that logs refused client certificates at `info`: the first of a reason, then one line a minute at
 * most, with the number of refusals since the last line. Clients that do not speak TLS are logged in the same way, because a
 * proxy that sends PROXY headers may be one of them; other failed handshakes at `debug`.
 *
 * @param clock Default: the system's
 */
export function logRefusedCertificates(
  log: Pick<Logger, 'info' | 'debug'>,
  clock: Pick<Clock, 'now'> = systemClock,
): (error: TransportError, info: Pick<ConnectionInfo, 'remoteAddress'>) => void {
  const reasons = new Map<string, Told>();
  const toldOf = (reason: string): Told => {
    const key = reasons.has(reason) || reasons.size < maxReasons ? reason : '';
    let told = reasons.get(key);
    if (told === undefined) reasons.set(key, (told = { at: Number.NEGATIVE_INFINITY, refused: 0 }));
    return told;
  };
  return function logRefusedCertificate({ code, message, cause }, { remoteAddress }) {
    const client = remoteAddress || '-';
    const isForeign = (cause as NodeJS.ErrnoException | undefined)?.code === notTls;
    if (code !== 'TRANSPORT_TLS_CLIENT_REFUSED' && !isForeign) return log.debug(message, { client });
    const reason = message.slice(transportErrors[code].length + 2);
    const told = toldOf(reason);
    told.refused += 1;
    const now = clock.now();
    if (now - told.at < toldEveryMs) return log.debug(message, { client });
    log.info(isForeign ? 'A TLS handshake failed' : 'A client certificate was refused', {
      client,
      code,
      reason,
      refused: told.refused,
    });
    told.at = now;
    told.refused = 0;
  };
}
