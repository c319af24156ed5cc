import type { HeaderInit } from '@windhover/core';

/** Parses the lines that `addTrailers()` produced. */
export function toTrailers(lines: string): HeaderInit | undefined {
  if (lines === '') return undefined;
  return lines
    .trimEnd()
    .split('\r\n')
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const);
}
