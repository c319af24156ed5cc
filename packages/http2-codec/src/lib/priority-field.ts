/** RFC 9218 §4.1: urgency is 0 (first) to 7 (last). */
export const DEFAULT_URGENCY = 3;
const INCREMENTAL = 8;

/** Honest values have a few members. An entry of the table makes a long one cheap to send, so that none is read. */
const MAX_LENGTH = 256;

const urgencyPattern = /^u=([0-7])(?:;.*)?$/;
const incrementalPattern = /^i(?:=\?([01]))?(?:;.*)?$/;

/**
 * Parses a `priority` field (RFC 9218 §4). Returns the urgency, plus 8 if the response is incremental. Members that are
 * unknown or malformed are ignored, as §4 asks for.
 */
export function parsePriority(value: string): number {
  let urgency = DEFAULT_URGENCY;
  let isIncremental = false;
  if (value.length > MAX_LENGTH) return urgency;
  for (const part of value.split(',')) {
    const member = part.trim();
    const found = urgencyPattern.exec(member);
    if (found !== null) urgency = Number(found[1]);
    const flag = incrementalPattern.exec(member);
    if (flag !== null) isIncremental = flag[1] !== '0';
  }
  return urgency | (isIncremental ? INCREMENTAL : 0);
}

export function urgencyOf(priority: number): number {
  return priority & 7;
}

export function isIncrementalOf(priority: number): boolean {
  return (priority & INCREMENTAL) !== 0;
}
