/** A piece of a line, and what it is. */
export interface Token {
  readonly text: string;
  readonly kind: 'key' | 'text' | 'number' | 'comment' | 'mark' | 'word' | null;
}

const pattern =
  /(?<comment>(?:^|(?<=\s))#.*)|(?<key>(?:"[^"]*"|'[^']*'|[\w.@/*~-]+)(?=\s*:(?:\s|$)))|(?<text>"(?:[^"\\]|\\.)*"?|'[^']*'?)|(?<number>(?<=[\s,[{]|^)\d[\d_.]*(?:ms|s|m|h|d|[KMG]?i?B)?(?=[\s,\]}]|$))|(?<word>(?<=[\s,[{]|^)(?:true|false|null|auto|off|on)(?=[\s,\]}]|$))|(?<mark>^\s*-(?=\s)|[{}[\],]|:(?=\s|$))/g;

/** Splits one line of YAML (or JSON) into coloured pieces. Only for the eye: strings over several lines are not followed. */
export function highlightLine(line: string): readonly Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const match of line.matchAll(pattern)) {
    if (match.index > end) tokens.push({ text: line.slice(end, match.index), kind: null });
    const kind = Object.entries(match.groups!).find(([, text]) => text !== undefined)![0] as Token['kind'];
    tokens.push({ text: match[0], kind });
    end = match.index + match[0].length;
  }
  if (end < line.length || tokens.length === 0) tokens.push({ text: line.slice(end), kind: null });
  return tokens;
}
