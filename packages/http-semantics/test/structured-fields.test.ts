import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  parseDictionary,
  parseItem,
  parseList,
  type StructuredBareItem,
  type StructuredItem,
  type StructuredMember,
  type StructuredParameters,
  serializeDictionary,
  serializeItem,
  serializeList,
} from '../src/index.ts';

type Kind = 'item' | 'list' | 'dictionary';
type Parsed = StructuredItem | StructuredMember[] | Map<string, StructuredMember>;

interface Case {
  readonly name: string;
  readonly header_type: Kind;
  readonly raw?: readonly string[];
  readonly expected?: unknown;
  readonly canonical?: readonly string[];
  readonly must_fail?: boolean;
  readonly can_fail?: boolean;
}

const folder = new URL('./structured-fields/', import.meta.url);

describe.each(dataFiles(folder))('Structured Fields: %s', (file) => {
  const cases = readCases(new URL(file, folder));

  it.each(cases.map((entry) => [entry.name, entry] as const))('parses: %s', (_name, entry) => {
    const parsed = parse(entry.header_type, (entry.raw ?? []).join(', '));
    if (entry.must_fail) expect(parsed).toBeNull();
    else if (parsed !== null || !entry.can_fail) expect(parsed).toEqual(toParsed(entry));
  });

  const serialisable = cases.filter((entry) => !entry.must_fail);
  it.each(serialisable.map((entry) => [entry.name, entry] as const))('serialises: %s', (_name, entry) => {
    expect(serialize(entry.header_type, toParsed(entry))).toBe((entry.canonical ?? entry.raw ?? []).join(', '));
  });
});

const serialisationFolder = new URL('./serialisation-tests/', folder);

describe.each(dataFiles(serialisationFolder))('Structured Fields, serialising only: %s', (file) => {
  const cases = readCases(new URL(file, serialisationFolder));

  it.each(cases.map((entry) => [entry.name, entry] as const))('%s', (_name, entry) => {
    if (entry.must_fail) expect(() => serialize(entry.header_type, toParsed(entry))).toThrow();
    else expect(serialize(entry.header_type, toParsed(entry))).toBe((entry.canonical ?? []).join(', '));
  });
});

function dataFiles(directory: URL): string[] {
  return readdirSync(directory).filter((name) => name.endsWith('.json'));
}

/**
 * JSON.parse does not distinguish 1.0 from 1, but one is a Decimal and the other an Integer, so decimals are marked
 * beforehand.
 */
function readCases(file: URL): Case[] {
  const text = readFileSync(file, 'utf8').replace(/"(?:[^"\\]|\\.)*"|-?\d+\.\d+(?:e[+-]?\d+)?/gi, (piece) =>
    piece.startsWith('"') ? piece : `{"__type":"decimal","value":${piece}}`,
  );
  return JSON.parse(text);
}

function parse(kind: Kind, text: string): Parsed | null {
  if (kind === 'item') return parseItem(text);
  return kind === 'list' ? parseList(text) : parseDictionary(text);
}

function serialize(kind: Kind, value: Parsed): string {
  if (kind === 'item') return serializeItem(value as StructuredItem);
  return kind === 'list'
    ? serializeList(value as StructuredMember[])
    : serializeDictionary(value as Map<string, StructuredMember>);
}

function toParsed({ header_type, expected }: Case): Parsed {
  if (header_type === 'item') return toMember(expected) as StructuredItem;
  if (header_type === 'list') return (expected as unknown[]).map(toMember);
  return new Map((expected as [string, unknown][]).map(([key, member]) => [key, toMember(member)]));
}

function toMember(json: unknown): StructuredMember {
  const [value, parameterList] = json as [unknown, [string, unknown][]];
  const parameters: StructuredParameters = new Map(parameterList.map(([key, bare]) => [key, toBareItem(bare)]));
  if (Array.isArray(value)) return { type: 'inner-list', value: value.map(toMember) as StructuredItem[], parameters };
  return { ...toBareItem(value), parameters };
}

function toBareItem(json: unknown): StructuredBareItem {
  if (typeof json === 'number') return { type: 'integer', value: json };
  if (typeof json === 'string') return { type: 'string', value: json };
  if (typeof json === 'boolean') return { type: 'boolean', value: json };
  const { __type: type, value } = json as { __type: string; value: never };
  if (type === 'binary') return { type, value: decodeBase32(value) };
  if (type === 'displaystring') return { type: 'display-string', value };
  return { type, value } as StructuredBareItem;
}

function decodeBase32(text: string): Uint8Array {
  let bits = '';
  for (const digit of text.replace(/=+$/, '')) {
    bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(digit).toString(2).padStart(5, '0');
  }
  return Uint8Array.from(bits.match(/[01]{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}
