import { FieldScanner } from './field-scanner.ts';
import { parseListField } from './list-field.ts';
import { scanParameters } from './parameters.ts';
import { parseQuality } from './quality.ts';

/** One element of a weighted list such as Accept-Encoding. */
export interface WeightedToken {
  /** In lower case; `*` stands for everything not listed. */
  readonly value: string;
  /** 0 (refused) to 1. */
  readonly quality: number;
}

/** Parses Accept-Encoding (RFC 9110 §12.5.3), in field order; malformed elements are dropped. */
export function parseAcceptEncoding(value: string): WeightedToken[] {
  return parseWeightedList(value);
}

/** Parses Accept-Language (RFC 9110 §12.5.4), in field order; malformed elements are dropped. */
export function parseAcceptLanguage(value: string): WeightedToken[] {
  return parseWeightedList(value);
}

function parseWeightedList(value: string): WeightedToken[] {
  const entries: WeightedToken[] = [];
  for (const element of parseListField(value)) {
    const scanner = new FieldScanner(element);
    const token = scanner.token().toLowerCase();
    const parameters = scanParameters(scanner);
    const quality = parameters && parseQuality(parameters.get('q'));
    if (token !== '' && quality !== null) entries.push({ value: token, quality });
  }
  return entries;
}
