import { showValue } from './describe-value.ts';

/** Options of `expectedFound`. */
export interface ExpectedFoundOptions {
  /** A guess at what was meant, added as a question. Default: none. */
  readonly meant?: string | undefined;
  /** How to show the value; use `kindOf` if it may be a secret. Default: `showValue`. */
  readonly show?: (value: unknown) => string;
}

/** Formats a message in the common form: `expected a size such as …, found "10mb". Did you mean 10MB?`. */
export function expectedFound(expected: string, value: unknown, options: ExpectedFoundOptions = {}): string {
  const { meant, show = showValue } = options;
  return `expected ${expected}, found ${show(value)}${meant === undefined ? '' : `. Did you mean ${meant}?`}`;
}
