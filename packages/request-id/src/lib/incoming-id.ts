import { ownString } from '@windhover/core';

/**
 * No character that has a meaning in a log line, a terminal, a URL, a shell or HTML; long enough for the ids of load
 * balancers.
 */
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._~+/=:-]{0,127}$/;

/**
 * Returns the id that came with a request; `null` unless there is exactly one, of 1 to 128 letters, digits and
 * `._~+/=:-`.
 */
export function incomingId(values: readonly string[]): string | null {
  const [value] = values;
  return value !== undefined && values.length === 1 && idPattern.test(value) ? ownString(value) : null;
}
