import { FieldScanner } from './field-scanner.ts';
import { formatParameters, scanParameters } from './parameters.ts';
import { requireToken } from './token.ts';

/** A media type (RFC 9110 §8.3.1) with names in lower case. */
export interface MediaType {
  readonly type: string;
  readonly subtype: string;
  /** `type/subtype`, the part to compare. */
  readonly essence: string;
  /** Parameter values as written, unquoted; names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** What `formatMediaType` needs. */
export interface MediaTypeInit {
  readonly type: string;
  readonly subtype: string;
  /** Default: none. */
  readonly parameters?: ReadonlyMap<string, string>;
}

/**
 * Reads a Content-Type value by the exact grammar, so that a check of the type and the parser chosen by it agree.
 * Returns null for anything else: white space around the value, a missing subtype, text behind, a repeated parameter.
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

/** Writes a media type; throws `SEMANTICS_INVALID_TOKEN` or `SEMANTICS_INVALID_QUOTED_STRING`. */
export function formatMediaType(mediaType: MediaTypeInit): string {
  const { type, subtype, parameters = new Map() } = mediaType;
  return `${requireToken(type)}/${requireToken(subtype)}${formatParameters(parameters)}`;
}
