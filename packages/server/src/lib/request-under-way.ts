import type { HttpContext } from '@windhover/core';

/** A request that is being answered. */
export interface RequestUnderWay {
  readonly context: HttpContext;
  /** When its first byte was read, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** `receiving`: its body is not read to the end, and the answer is not decided. */
  readonly stage: 'receiving' | 'handling' | 'answering';
}
