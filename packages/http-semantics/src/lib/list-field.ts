import { trimWhitespace } from './trim-whitespace.ts';

/**
 * Splits a list field at commas outside quoted strings (RFC 9110 §5.6.1) and drops empty elements. An unterminated
 * quote makes the rest of the field one element, which the grammar of that element then refuses.
 */
export function parseListField(value: string): string[] {
  const elements: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let index = 0; index <= value.length; index++) {
    const character = value[index];
    if (isQuoted && character === '\\') index++;
    else if (character === '"') isQuoted = !isQuoted;
    if (index < value.length && (isQuoted || character !== ',')) continue;
    const element = trimWhitespace(value.slice(start, index));
    if (element !== '') elements.push(element);
    start = index + 1;
  }
  return elements;
}
