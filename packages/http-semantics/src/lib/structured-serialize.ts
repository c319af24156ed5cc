import { encodeBase64 } from './base64.ts';
import { SemanticsError } from './errors.ts';
import type {
  StructuredBareItem,
  StructuredBareItemInput,
  StructuredDictionaryInput,
  StructuredInnerListInput,
  StructuredItemInput,
  StructuredMemberInput,
  StructuredParametersInput,
} from './structured-types.ts';
import { encodeUtf8, isWellFormed } from './utf8.ts';

const keyPattern = /^[a-z*][a-z0-9_.*-]*$/;
const stringPattern = /^[\x20-\x7e]*$/;
const tokenPattern = /^[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*$/;
const maxInteger = 999_999_999_999_999;

/**
 * Serializes an Item (RFC 9651 §4.1.3). Throws `SEMANTICS_INVALID_STRUCTURED_FIELD` for a value that does not fit its
 * type.
 */
export function serializeItem(item: StructuredItemInput): string {
  return serializeBareItem(item) + serializeParameters(parametersOf(item));
}

/**
 * Serializes a List (RFC 9651 §4.1.1); '' for an empty one, whose field must be left out. Throws like `serializeItem`.
 */
export function serializeList(members: readonly StructuredMemberInput[]): string {
  return members.map(serializeMember).join(', ');
}

/**
 * Serializes a Dictionary (RFC 9651 §4.1.2); '' for an empty one, whose field must be left out. Throws like
 * `serializeItem`.
 */
export function serializeDictionary(dictionary: StructuredDictionaryInput): string {
  const parts: string[] = [];
  for (const [key, member] of entriesOf(dictionary)) {
    const isTrue = member === true || (typeof member === 'object' && 'type' in member && member.value === true);
    const suffix = isTrue ? serializeParameters(parametersOf(member)) : `=${serializeMember(member)}`;
    parts.push(serializeKey(key) + suffix);
  }
  return parts.join(', ');
}

function serializeMember(member: StructuredMemberInput): string {
  if (!isInnerList(member)) return serializeItem(member);
  return `(${member.value.map(serializeItem).join(' ')})${serializeParameters(member.parameters ?? {})}`;
}

function serializeParameters(parameters: StructuredParametersInput): string {
  let text = '';
  for (const [key, input] of entriesOf(parameters)) {
    const value = toBareItem(input);
    text += `;${serializeKey(key)}`;
    if (value.type !== 'boolean' || !value.value) text += `=${serializeBareItem(value)}`;
  }
  return text;
}

function serializeKey(key: string): string {
  return keyPattern.test(key) ? key : fail('key', key);
}

function serializeBareItem(input: StructuredBareItemInput): string {
  const item = toBareItem(input);
  switch (item.type) {
    case 'integer':
      return serializeInteger(item.value);
    case 'decimal':
      return serializeDecimal(item.value);
    case 'string':
      return stringPattern.test(item.value) ? `"${item.value.replace(/["\\]/g, '\\$&')}"` : fail('string', item.value);
    case 'token':
      return tokenPattern.test(item.value) ? item.value : fail('token', item.value);
    case 'binary':
      return `:${encodeBase64(item.value)}:`;
    case 'boolean':
      return item.value ? '?1' : '?0';
    case 'date':
      return `@${serializeInteger(item.value)}`;
    case 'display-string':
      return serializeDisplayString(item.value);
  }
}

function serializeInteger(value: number): string {
  return Number.isInteger(value) && Math.abs(value) <= maxInteger ? String(value) : fail('integer', value);
}

/** RFC 9651 §4.1.5: at most three decimals, at least one, ties rounded to even. */
function serializeDecimal(value: number): string {
  const scaled = Math.abs(value) * 1000;
  const floor = Math.floor(scaled);
  const isRoundedUp = scaled - floor > 0.5 || (scaled - floor === 0.5 && floor % 2 === 1);
  const thousandths = isRoundedUp ? floor + 1 : floor;
  if (!(thousandths <= maxInteger)) return fail('decimal', value);
  const fraction = String(thousandths % 1000)
    .padStart(3, '0')
    .replace(/0{1,2}$/, '');
  const sign = value < 0 && thousandths > 0 ? '-' : '';
  return `${sign}${Math.floor(thousandths / 1000)}.${fraction}`;
}

function serializeDisplayString(value: string): string {
  if (!isWellFormed(value)) return fail('display string', value);
  let text = '';
  for (const byte of encodeUtf8(value)) {
    const isEscaped = byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x25;
    text += isEscaped ? `%${byte.toString(16).padStart(2, '0')}` : String.fromCharCode(byte);
  }
  return `%"${text}"`;
}

function toBareItem(input: StructuredBareItemInput): StructuredBareItem {
  switch (typeof input) {
    case 'number':
      return { type: Number.isInteger(input) ? 'integer' : 'decimal', value: input };
    case 'string':
      return { type: 'string', value: input };
    case 'boolean':
      return { type: 'boolean', value: input };
    default:
      return input instanceof Uint8Array ? { type: 'binary', value: input } : input;
  }
}

function isInnerList(member: StructuredMemberInput): member is StructuredInnerListInput {
  return typeof member === 'object' && 'type' in member && member.type === 'inner-list';
}

function parametersOf(member: StructuredMemberInput): StructuredParametersInput {
  return (typeof member === 'object' && 'parameters' in member ? member.parameters : undefined) ?? {};
}

function entriesOf<T>(map: ReadonlyMap<string, T> | Readonly<Record<string, T>>): Iterable<[string, T]> {
  return map instanceof Map ? map.entries() : Object.entries(map as Readonly<Record<string, T>>);
}

function fail(what: string, value: unknown): never {
  throw new SemanticsError('SEMANTICS_INVALID_STRUCTURED_FIELD', `${what} ${JSON.stringify(value)}`);
}
