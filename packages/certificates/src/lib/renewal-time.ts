/** When an authority suggests to renew a certificate (RFC 9773 §4.2), in milliseconds since the epoch. */
export interface RenewalWindow {
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

/** How late within the time that is left: a twentieth spreads the certificates of a server without taking time for retries. */
const spread = 1 / 20;

/**
 * When to renew a certificate: in the window that the authority suggests, at a moment chosen by chance as RFC 9773 §4.2 wants; otherwise when a
 * third of its lifetime is left, which is 30 days of 90, and 2 of 6. Never after a twentieth of the lifetime is left, whatever the authority says.
 *
 * @param chance from 0 to 1: the same for one certificate in one process, so that the time does not move with each look
 */
export function renewalTime(
  { validFrom, validTo }: { readonly validFrom: number; readonly validTo: number },
  chance: number,
  suggested: RenewalWindow | null = null,
): number {
  const lifetimeMs = Math.max(0, validTo - validFrom);
  const latest = validTo - lifetimeMs * spread;
  if (suggested !== null && suggested.endsAtMs > suggested.startsAtMs)
    return Math.min(latest, suggested.startsAtMs + chance * (suggested.endsAtMs - suggested.startsAtMs));
  return validTo - lifetimeMs / 3 + chance * lifetimeMs * spread;
}
