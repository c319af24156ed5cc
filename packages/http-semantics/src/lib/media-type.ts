import { FieldScanner } from './field-scanner.ts';
import { formatParameters, scanParameters } from './parameters.ts';
import { requireToken } from './token.ts';

/** A media type (RFC 9110 §8.3.1) with names in lower case. */
export interface MediaType {
  readonly type: string;
  readonly subtype: string;
  /** `type/subtype`, for comparisons. */
  readonly essence: string;
  /** Parameter values as written, unquoted; names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** The input of `formatMediaType`. */
export interface MediaTypeInit {
  readonly type: string;
  readonly subtype: string;
  /** Default: none. */
  readonly parameters?: ReadonlyMap<string, string>;
}

/**
 * Parses a Content-Type value by the exact grammar, so that a type check and the parser chosen by the type always
 * agree. Returns null for anything else: surrounding white space, a missing subtype, trailing text, a repeated
 * parameter.
 */
export function parseMediaType(value: string): MediaType | null {
  const scanner = new FieldScanner(value);
  const type = scanner.token().toLowerCase();
  if (type === '' || !scanner.take('/')) return null;
  const subtype = scanner.token().toLowerCase();
  if (subtype === '') return null;
  const parameters = scanParameters(scanner);
  return parameters && { type, subtype, essence: `${type}/${subtype}`, parameters };
}

/** Formats a media type. Throws `SEMANTICS_INVALID_TOKEN` or `SEMANTICS_INVALID_QUOTED_STRING`. */
export function formatMediaType(mediaType: MediaTypeInit): string {
  const { type, subtype, parameters = new Map() } = mediaType;
  return `${requireToken(type)}/${requireToken(subtype)}${formatParameters(parameters)}`;
}
