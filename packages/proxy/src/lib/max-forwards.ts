/** Larger values are capped at this number; no real chain is longer. */
const most = 999_999_999;

/**
 * The Max-Forwards value to send on for an OPTIONS or TRACE request (RFC 9110 §7.6.2). -1: do not forward, the proxy
 * answers itself. `null`: the field is missing or not a number, and has no effect.
 */
export function nextMaxForwards(method: string, value: string | undefined): number | null {
  if (value === undefined || (method !== 'OPTIONS' && method !== 'TRACE') || !/^\d+$/.test(value)) return null;
  return Math.min(Number(value), most + 1) - 1;
}
