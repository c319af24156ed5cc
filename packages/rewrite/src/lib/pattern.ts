import { RE2JS } from 're2js';
import { rewriteError } from './errors.ts';
import { isLinear } from './is-linear.ts';

/** A pattern that needs a time that grows with the length of the text only, whatever the text is. */
export interface Pattern {
  readonly source: string;
  /** The number of its groups. */
  readonly groups: number;
  /** The names of its groups, and which group each is. */
  readonly names: ReadonlyMap<string, number>;
  /** The match and its groups; `null` if the text does not match. */
  exec(text: string): readonly (string | undefined)[] | null;
}

/** How a pattern is compiled. */
export interface PatternOptions {
  /** Default: false. */
  readonly ignoreCase?: boolean;
  /** Where it stands, for messages. Default: nowhere. */
  readonly label?: string;
}

/** The longest pattern. RFC 9110 sets none; a list of words belongs into a map. */
const maxLength = 4096;

/**
 * Compiles a regular expression. Patterns that the platform's engine matches in linear time run there; all others run in
 * RE2, which is slower and never backtracks. What RE2 cannot do, back-references and look-around, is refused. Throws
 * `REWRITE_PATTERN_INVALID`.
 */
export function compilePattern(source: string, options: PatternOptions = {}): Pattern {
  const { ignoreCase = false, label } = options;
  const prefix = label === undefined ? '' : `${label}: `;
  const refuse = (why: string, cause?: unknown): Error =>
    rewriteError('REWRITE_PATTERN_INVALID', `${prefix}${JSON.stringify(source.slice(0, 200))}: ${why}`, cause);
  if (source.length > maxLength) throw refuse(`expected at most ${maxLength} characters, found ${source.length}`);
  const expression = toRegExp(source, ignoreCase, refuse);
  if (isLinear(source, ignoreCase)) return nativePattern(source, expression);
  try {
    return safePattern(
      source,
      RE2JS.compile(source.replace(/\(\?</g, '(?P<'), ignoreCase ? RE2JS.CASE_INSENSITIVE : 0),
    );
  } catch (error) {
    const why = /\(\?<?[=!]/.test(source)
      ? 'looking ahead or behind takes unbounded time; write it as a condition with `not`'
      : /\\[1-9k]/.test(source)
        ? 'a back-reference inside a pattern takes unbounded time'
        : (error as Error).message;
    throw refuse(why, error);
  }
}

function toRegExp(source: string, ignoreCase: boolean, refuse: (why: string, cause: unknown) => Error): RegExp {
  try {
    return new RegExp(source, ignoreCase ? 'i' : '');
  } catch (error) {
    throw refuse((error as Error).message.replace(/^Invalid regular expression: \/.*\/\w*: /s, ''), error);
  }
}

function nativePattern(source: string, expression: RegExp): Pattern {
  const { groups, names } = groupsOf(expression);
  return { source, groups, names, exec: (text) => expression.exec(text) };
}

function safePattern(source: string, expression: RE2JS): Pattern {
  const groups = expression.groupCount();
  const names = new Map(Object.entries(expression.namedGroups()).map(([name, index]) => [name, Number(index)]));
  return {
    source,
    groups,
    names,
    exec(text) {
      const matcher = expression.matcher(text);
      if (!matcher.find()) return null;
      return Array.from({ length: groups + 1 }, (_, index) => matcher.group(index) ?? undefined);
    },
  };
}

/** An alternative that is empty always matches, and so shows the groups of a pattern. */
function groupsOf(expression: RegExp): Pick<Pattern, 'groups' | 'names'> {
  const match = new RegExp(`|${expression.source}`).exec('')!;
  const all = [...expression.source.matchAll(/\\.|\[(?:\\.|[^\]])*\]|\((?!\?)|\(\?<(?![=!])([^>]+)>/g)];
  const opened = all.filter(([text]) => text.startsWith('('));
  const names = opened.flatMap(([, name], index): [string, number][] =>
    name === undefined ? [] : [[name, index + 1]],
  );
  return { groups: match.length - 1, names: new Map(names) };
}
