import { showValue } from './describe-value.ts';

/** What may be said beside what was expected and what was found. */
export interface ExpectedFoundOptions {
  /** What was probably meant. Default: nobody knows. */
  readonly meant?: string | undefined;
  /** How the value is shown: `kindOf` where it may be a secret. Default: `showValue`. */
  readonly show?: (value: unknown) => string;
}

/** The one form of such messages: `expected a size such as …, found "10mb". Did you mean 10MB?`. */
export function expectedFound(expected: string, value: unknown, options: ExpectedFoundOptions = {}): string {
  const { meant, show = showValue } = options;
  return `expected ${expected}, found ${show(value)}${meant === undefined ? '' : `. Did you mean ${meant}?`}`;
}
