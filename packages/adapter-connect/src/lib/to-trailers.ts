import type { HeaderInit } from '@windhover/core';

/** What `addTrailers()` has made lines of. */
export function toTrailers(lines: string): HeaderInit | undefined {
  if (lines === '') return undefined;
  return lines
    .trimEnd()
    .split('\r\n')
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const);
}
