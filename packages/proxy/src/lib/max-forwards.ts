/** The largest number that goes on: nobody means a longer way. */
const most = 999_999_999;

/**
 * How often an OPTIONS or TRACE may still be forwarded behind this proxy (RFC 9110 §7.6.2); -1: not at all, the proxy answers itself.
 * `null` when the field is missing or no number: then it says nothing.
 */
export function nextMaxForwards(method: string, value: string | undefined): number | null {
  if (value === undefined || (method !== 'OPTIONS' && method !== 'TRACE') || !/^\d+$/.test(value)) return null;
  return Math.min(Number(value), most + 1) - 1;
}
