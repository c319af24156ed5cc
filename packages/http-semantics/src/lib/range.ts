import { FieldScanner } from './field-scanner.ts';
import { trimWhitespace } from './trim-whitespace.ts';

/** A requested range: from a position to another one or the end, or the last `length` bytes. */
export type RangeSpec =
  | { readonly kind: 'from'; readonly first: number; readonly last: number | null }
  | { readonly kind: 'suffix'; readonly length: number };

const specPattern = /^([0-9]*)-([0-9]*)$/;

/**
 * Parses a Range value in bytes (RFC 9110 §14.1.2). Returns null for another unit and for any malformed part, `5-3`
 * included; the field is then to be ignored. A number above 2^53 - 1 is read as that number, which lies behind the end
 * of every representation.
 */
export function parseRange(value: string): RangeSpec[] | null {
  const scanner = new FieldScanner(value);
  if (scanner.token().toLowerCase() !== 'bytes' || !scanner.take('=')) return null;
  const specs: RangeSpec[] = [];
  for (const element of value.slice('bytes='.length).split(',')) {
    const text = trimWhitespace(element);
    if (text === '') continue;
    const spec = parseSpec(text);
    if (spec === null) return null;
    specs.push(spec);
  }
  return specs.length === 0 ? null : specs;
}

function parseSpec(text: string): RangeSpec | null {
  const [, first = '', last = ''] = specPattern.exec(text) ?? [];
  if (first === '') return last === '' ? null : { kind: 'suffix', length: saturatingNumber(last) };
  const spec = {
    kind: 'from',
    first: saturatingNumber(first),
    last: last === '' ? null : saturatingNumber(last),
  } as const;
  return spec.last !== null && spec.last < spec.first ? null : spec;
}

function saturatingNumber(digits: string): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
}
