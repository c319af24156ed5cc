import { ownString } from '@windhover/core';

/** Nothing that has a meaning in a log line, a terminal, a URL, a shell or HTML; long enough for what load balancers make. */
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._~+/=:-]{0,127}$/;

/** The id that came with a request: `null` unless there is exactly one and it is 1 to 128 letters, digits and `._~+/=:-`. */
export function incomingId(values: readonly string[]): string | null {
  const [value] = values;
  return value !== undefined && values.length === 1 && idPattern.test(value) ? ownString(value) : null;
}
