import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../../scripts/lib/cpu-ms-of.ts';
import * as semantics from '../src/index.ts';

const parsers: readonly (readonly [string, (text: string) => unknown])[] = [
  ...Object.entries(semantics)
    .filter(([name]) => name.startsWith('parse'))
    .map(([name, parse]) => [name, parse as (text: string) => unknown] as const),
  ['parseCookies with decoding', (text) => semantics.parseCookies(text, { percentDecode: true })],
  ['isToken', semantics.isToken],
  ['safeFileName', semantics.safeFileName],
  ['negotiateEncoding', (text) => semantics.negotiateEncoding(text, ['br', 'gzip'])],
  ['negotiateLanguage', (text) => semantics.negotiateLanguage(text, ['en', 'de-CH'])],
  ['negotiateMediaType', (text) => semantics.negotiateMediaType(text, ['text/html', 'application/json'])],
  ['resolveRanges', (text) => semantics.resolveRanges(text, 1000)],
  ['addVary', (text) => semantics.addVary(text, 'Origin')],
  ['evaluatePreconditions', preconditions],
];

function preconditions(text: string): unknown {
  const fields = { ifMatch: text, ifNoneMatch: text, ifModifiedSince: text, ifUnmodifiedSince: text, ifRange: text };
  return semantics.evaluatePreconditions({ method: 'GET', range: text, ...fields }, { etag: text, lastModifiedMs: 0 });
}

/** Pieces of field values. Joined at random, they reach further into a grammar than random characters do. */
const pieces = [
  ...'",;=\\/()[]:*?@%-_.~ \t\r\n\0\x7f\x80\xff\u20ac\ud800aZ0919',
  'bytes=',
  'bytes ',
  '0-0',
  '-500',
  'W/"',
  '"a"',
  'q=0.5',
  ';q=',
  'gzip',
  'text/html',
  '*/*',
  'max-age=',
  'no-cache="',
  'for=',
  '[::1]',
  '192.0.2.1',
  '_a',
  'proto=https',
  '__proto__',
  'constructor',
  'Expires=',
  'Max-Age=',
  'Thu, 01 Jan 1970 00:00:00 GMT',
  '%22',
  '%C3%A9',
  "UTF-8''",
  'filename*=',
  '?1',
  '%"',
  ':YQ==:',
  '99999999999999999999',
  '1.5',
  '\\"',
  ', ',
  '; ',
];

function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function randomTexts(count: number): string[] {
  const random = createRandom(20240110);
  return Array.from({ length: count }, () =>
    Array.from({ length: random(24) }, () => pieces[random(pieces.length)]).join(''),
  );
}

const texts = randomTexts(2000);
const repeated = [
  ...pieces,
  '"\\',
  '"a",',
  'a;b=c;',
  'a=b, ',
  ' \t',
  '::',
  '%22%',
  '(a ',
  'a;b',
  '0-0,',
  '1:',
  '01:01:01 ',
  "a'",
];

describe.each(parsers)('%s()', (_name, parse) => {
  it('never throws and answers alike on random fields', () => {
    for (const text of texts) expect(parse(text)).toEqual(parse(text));
  });

  it('takes time in proportion to the length', () => {
    for (const piece of repeated) {
      for (const prefix of ['', '"', '%"', 'a;b="', 'a=b; Expires=']) {
        const text = prefix + piece.repeat(50_000 / piece.length);
        const costMs = cpuMsOf(() => void parse(text));
        expect(costMs, JSON.stringify(text.slice(0, 30))).toBeLessThan(1000);
      }
    }
  });
});

describe('write what was read', () => {
  it.each<[string, (text: string) => string | null]>([
    ['media type', (text) => through(semantics.parseMediaType(text), semantics.formatMediaType)],
    ['Cache-Control', (text) => through(semantics.parseCacheControl(text), semantics.formatCacheControl)],
    ['Content-Range', (text) => through(semantics.parseContentRange(text), semantics.formatContentRange)],
    ['item', (text) => through(semantics.parseItem(text), semantics.serializeItem)],
    ['list', (text) => through(semantics.parseList(text), semantics.serializeList)],
    ['dictionary', (text) => through(semantics.parseDictionary(text), semantics.serializeDictionary)],
  ])('%s', (_name, rewrite) => {
    for (const text of texts.filter((candidate) => !/[^\0-\xff]/.test(candidate))) {
      const written = rewrite(text);
      if (written !== null) expect(rewrite(written)).toBe(written);
    }
  });
});

function through<T>(parsed: T | null, format: (value: T) => string): string | null {
  return parsed === null ? null : format(parsed);
}
