/** A reply: its text, or several lines of it. */
export interface Reply {
  /** Three digits (RFC 959 §4.2). */
  readonly code: number;
  readonly text: string | readonly string[];
}

/** A reply as it is sent. Several lines begin with the code and a hyphen, those between with a space (RFC 959 §4.2). */
export function formatReply({ code, text }: Reply): string {
  if (typeof text === 'string') return `${code} ${clean(text)}\r\n`;
  const [first = '', ...others] = text;
  const last = others.pop();
  if (last === undefined) return `${code} ${clean(first)}\r\n`;
  const between = others.map((line) => ` ${clean(line)}\r\n`).join('');
  return `${code}-${clean(first)}\r\n${between}${code} ${clean(last)}\r\n`;
}

/** A name of a file may have any character: none may begin another reply. */
function clean(line: string): string {
  return line.replace(/[\r\n\0]/g, '?');
}

/** A path between quotation marks, which are doubled in it (RFC 959, appendix II). */
export function quotePath(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}
