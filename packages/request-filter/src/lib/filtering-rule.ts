import { escapeAt } from './decode-escapes.ts';
import type { FilteringRule } from './filter-options.ts';
import { TextMatcher } from './text-matcher.ts';

/** What a filtering rule looks at. */
export interface ScannedRequest {
  readonly method: string;
  readonly target: string;
  readonly httpVersion?: string;
  /** The path as received, and decoded. */
  readonly path: readonly string[];
  /** The query as received, decoded, and as a form has it, with `+` for spaces. */
  readonly query: readonly string[];
  /** The extensions that the last name can be read to have. */
  readonly extensions: readonly string[];
  /** Flat list of triples `name, value, spelling`. */
  readonly fields: readonly string[];
}

/** A filtering rule made ready: says what it refuses, `null` for nothing. */
export type CompiledRule = (request: ScannedRequest) => string | null;

/** Compiles a filtering rule. */
export function compileRule(given: FilteringRule): CompiledRule {
  const { name, deny, scanUrl = false, scanQuery = false, scanAllRaw = false, denyUnescapedPercent = true } = given;
  const matcher = new TextMatcher(deny);
  const headers = new Set((given.scanHeaders ?? []).map((each) => each.toLowerCase()));
  const extensions =
    given.extensions === undefined ? null : new Set(given.extensions.map((each) => each.toLowerCase()));
  const found = (texts: readonly string[]): string | null => {
    for (const text of texts) {
      const word = matcher.first(text);
      if (word >= 0) return `rule ${name}: ${JSON.stringify(deny[word])}`;
    }
    return null;
  };
  const inUrl = (texts: readonly string[]): string | null =>
    denyUnescapedPercent && texts.length > 0 && hasBarePercent(texts[0]!)
      ? `rule ${name}: a % without digits`
      : found(texts);
  return (request) => {
    if (extensions !== null && !request.extensions.some((each) => extensions.has(each))) return null;
    const { fields } = request;
    let refused = scanUrl ? inUrl(request.path) : null;
    if (refused === null && scanQuery) refused = inUrl(request.query);
    for (let index = 0; refused === null && headers.size > 0 && index < fields.length; index += 3)
      if (headers.has(fields[index]!)) refused = found([fields[index + 1]!]);
    if (refused === null && scanAllRaw) refused = found([rawHead(request)]);
    return refused;
  };
}

/** Whether a `%` begins no escape. */
function hasBarePercent(text: string): boolean {
  for (let index = text.indexOf('%'); index >= 0; index = text.indexOf('%', index + 1))
    if (escapeAt(text, index) < 0) return true;
  return false;
}

/** The head as a client sends it in HTTP/1.1. */
function rawHead({ method, target, httpVersion = '1.1', fields }: ScannedRequest): string {
  let head = `${method} ${target} HTTP/${httpVersion}\r\n`;
  for (let index = 0; index < fields.length; index += 3) head += `${fields[index + 2]}: ${fields[index + 1]}\r\n`;
  return `${head}\r\n`;
}
