import { SemanticsError } from './errors.ts';
import { formatExtendedValue, parseExtendedValue } from './extended-value.ts';
import { FieldScanner } from './field-scanner.ts';
import { scanParameters } from './parameters.ts';
import { formatQuotedString } from './quoted-string.ts';
import { requireToken } from './token.ts';
import { isWellFormed } from './utf8.ts';

/** A Content-Disposition value (RFC 6266). */
export interface ContentDisposition {
  /** In lower case: `attachment`, `inline`, `form-data` and the like. */
  readonly type: string;
  /**
   * `filename*` if it is readable, otherwise `filename`, otherwise null. It comes from a peer: pass it through
   * `safeFileName` before use.
   */
  readonly fileName: string | null;
  /** All parameters as written, unquoted; names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Parses a Content-Disposition value; null if it is malformed or repeats a parameter. */
export function parseContentDisposition(value: string): ContentDisposition | null {
  const scanner = new FieldScanner(value);
  const type = scanner.token().toLowerCase();
  const parameters = scanParameters(scanner);
  if (type === '' || parameters === null) return null;
  const extended = parseExtendedValue(parameters.get('filename*') ?? '');
  return { type, fileName: extended ?? parameters.get('filename') ?? null, parameters };
}

/**
 * Formats a Content-Disposition value. A name that is not plain ASCII, or contains `%` (which some user agents decode),
 * is written twice: reduced to ASCII as `filename`, and in full as `filename*`. Throws `SEMANTICS_INVALID_FILE_NAME`
 * for control characters and lone surrogates, `SEMANTICS_INVALID_TOKEN` for the type.
 *
 * @param type usually `attachment` or `inline`
 */
export function formatContentDisposition(type: string, fileName?: string): string {
  requireToken(type);
  if (fileName === undefined) return type;
  if (/\p{Cc}/u.test(fileName) || !isWellFormed(fileName)) {
    throw new SemanticsError('SEMANTICS_INVALID_FILE_NAME', JSON.stringify(fileName));
  }
  const plain = fileName.replace(/[^\x20-\x7e]|%/gu, '_');
  const parameter = `${type}; filename=${formatQuotedString(plain)}`;
  return plain === fileName ? parameter : `${parameter}; filename*=${formatExtendedValue(fileName)}`;
}
