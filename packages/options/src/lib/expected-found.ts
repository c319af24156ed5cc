import { showValue } from './describe-value.ts';

/** The one form of such messages: `expected a port, found "http". Did you mean 80?`. */
export function expectedFound(expected: string, value: unknown, meant?: string): string {
  return `expected ${expected}, found ${showValue(value)}${meant === undefined ? '' : `. Did you mean ${meant}?`}`;
}
