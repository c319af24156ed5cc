import { inspect } from 'node:util';
import { toText } from './to-text.ts';

/** Deeper causes tell nothing new. */
const maxCauses = 4;

/** For an `AggregateError`, such as the failure to connect to a name with several addresses. */
const maxParts = 4;

/**
 * Describes a thrown value for developers: message and stack, then its causes and, for an `AggregateError`, its parts.
 * The result has several lines and is not escaped.
 *
 * @param isShown whether to keep a line of a stack, for example `at f (file:///app.mjs:1:2)`. Default: all are kept
 */
export function describeError(thrown: unknown, isShown: (frame: string) => boolean = () => true): string {
  return describe(thrown, isShown, []);
}

function describe(thrown: unknown, isShown: (frame: string) => boolean, above: readonly unknown[]): string {
  if (above.includes(thrown)) return 'the same again';
  if (!(thrown instanceof Error)) return typeof thrown === 'object' ? inspectSafely(thrown) : toText(thrown);
  const { stack, cause, errors } = factsOf(thrown);
  const lines = stack.split('\n').filter((line) => !/^\s+at /.test(line) || isShown(line.trim()));
  const below = (title: string, inner: unknown): string => `${title} ${describe(inner, isShown, [...above, thrown])}`;
  if (above.length < maxCauses) {
    lines.push(...errors.slice(0, maxParts).map((part) => below('One of its errors:', part)));
    if (cause !== undefined) lines.push(below('Caused by:', cause));
  }
  return lines.join('\n');
}

interface ErrorFacts {
  readonly stack: string;
  readonly cause: unknown;
  readonly errors: readonly unknown[];
}

function factsOf(error: Error): ErrorFacts {
  try {
    const { stack, cause, errors } = error as { stack?: unknown; cause?: unknown; errors?: unknown };
    return {
      stack: typeof stack === 'string' ? stack : toText(error),
      cause,
      errors: Array.isArray(errors) ? errors : [],
    };
  } catch {
    return { stack: toText(error), cause: undefined, errors: [] }; // a getter threw
  }
}

function inspectSafely(value: unknown): string {
  try {
    return inspect(value, { depth: 2 });
  } catch {
    return toText(value); // a custom inspection threw
  }
}
