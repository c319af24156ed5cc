/** The head of an answer that an application wrote as bytes. */
export interface AnswerHead {
  readonly status: number;
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Where the head ends in the bytes. */
  readonly length: number;
}

/** Parses the head of an answer that an application has written to a socket itself. `null` while it is not complete; `'invalid'` if it is none. */
export function parseAnswerHead(bytes: Buffer): AnswerHead | 'invalid' | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const [start, ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const status = /^HTTP\/1\.[01] ([1-9]\d\d)(?: |$)/.exec(start!)?.[1];
  if (status === undefined) return 'invalid';
  const fields: [string, string][] = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) return 'invalid';
    fields.push([line.slice(0, colon), line.slice(colon + 1).trim()]);
  }
  return { status: Number(status), fields, length: end + 4 };
}
