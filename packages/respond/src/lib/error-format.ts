import { negotiateMediaType, parseAccept } from '@windhover/http-semantics';

/** The format of an error for a client. */
export type ErrorFormat = 'html' | 'problem' | 'text';

const formats: Readonly<Record<string, ErrorFormat>> = {
  'application/problem+json': 'problem',
  'application/json': 'problem',
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'text/plain': 'text',
};

/**
 * Chooses the format by Accept (RFC 9110 §12.5.1): programs ask for JSON, browsers for HTML. A client that names no
 * type gets text, and so does one that accepts none of the three, because an error in the wrong format is better than
 * none.
 */
export function errorFormat(accept: string | undefined): ErrorFormat {
  if (accept === undefined || parseAccept(accept).every(({ type }) => type === '*')) return 'text';
  const choice = negotiateMediaType(accept, Object.keys(formats));
  return choice.kind === 'chosen' ? formats[choice.value]! : 'text';
}
