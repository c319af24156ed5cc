import { negotiateMediaType, parseAccept } from '@windhover/http-semantics';

/** In what form a client is told about an error. */
export type ErrorFormat = 'html' | 'problem' | 'text';

const formats: Readonly<Record<string, ErrorFormat>> = {
  'application/problem+json': 'problem',
  'application/json': 'problem',
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'text/plain': 'text',
};

/**
 * The form by Accept (RFC 9110 §12.5.1). Programs name JSON, browsers HTML; who names nothing gets text. Who would have none of the
 * three gets text too: an error in the wrong form says more than none.
 */
export function errorFormat(accept: string | undefined): ErrorFormat {
  if (accept === undefined || parseAccept(accept).every(({ type }) => type === '*')) return 'text';
  const choice = negotiateMediaType(accept, Object.keys(formats));
  return choice.kind === 'chosen' ? formats[choice.value]! : 'text';
}
