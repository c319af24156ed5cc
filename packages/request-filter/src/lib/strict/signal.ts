import type { AttackKind } from './strict-options.ts';

/** From this sum on, the signals of one kind in one text are an attack. */
export const enough = 5;

/** A text in lower case, as programs may come to read it: see `normaliseText`. */
export interface NormalText {
  readonly text: string;
  /** How often it was escaped. */
  readonly rounds: number;
  /** Whether it had an overlong form or `%u` escape. */
  readonly isDisguised: boolean;
  /** Whether it is the name of a parameter. */
  readonly isName: boolean;
}

/** A word that attacks have. It counts only as much as its surroundings say. */
export interface Signal {
  readonly word: string;
  readonly kind: AttackKind;
  /** How much the word at `start` to `end` counts, 0 to `enough`. Must look at a bounded part of the text. */
  readonly weigh: (text: NormalText, start: number, end: number) => number;
}

/** Signals of one kind with the same weight or check. */
export function signals(kind: AttackKind, words: readonly string[], weigh: Signal['weigh'] | number): Signal[] {
  const check = typeof weigh === 'number' ? (): number => weigh : weigh;
  return words.map((word) => ({ word, kind, weigh: check }));
}
