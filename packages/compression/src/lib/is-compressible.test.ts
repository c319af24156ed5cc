import { describe, expect, it } from 'vitest';
import { essenceOf, isCompressible, matchTypes } from './is-compressible.ts';

describe('isCompressible()', () => {
  it.each([
    ...['text/html', 'text/css', 'text/plain', 'text/event-stream', 'application/json', 'application/ld+json'],
    ...['application/problem+json', 'image/svg+xml', 'application/xml', 'application/wasm', 'text/javascript'],
    ...['application/javascript', 'application/manifest+json', 'font/ttf', 'image/x-icon', 'application/x-ndjson'],
  ])('says yes to %s', (type) => expect(isCompressible(type)).toBe(true));

  it.each([
    ...['image/png', 'image/jpeg', 'image/webp', 'video/mp4', 'audio/mpeg', 'application/zip', 'application/gzip'],
    ...['font/woff2', 'application/pdf', 'application/octet-stream', 'application/grpc', 'multipart/byteranges'],
    ...['text/', 'text', '', 'application/jsonp/x'],
  ])('says no to %j', (type) => expect(isCompressible(type)).toBe(false));

  it('takes time in proportion to the length', () => {
    expect(isCompressible(`${'a'.repeat(100_000)}/${'+xml'.repeat(10_000)}!/`)).toBe(false);
  });
});

describe('matchTypes()', () => {
  it('matches types and whole groups', () => {
    const matches = matchTypes(['text/*', 'Application/JSON']);
    expect(['text/html', 'application/json', 'application/xml', 'text'].map(matches)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(matchTypes(['*/*'])('image/png')).toBe(true);
  });
});

describe('essenceOf()', () => {
  it.each(['text/html', 'Text/HTML; charset=utf-8', ' text/html ;x'])('reads %j', (value) => {
    expect(essenceOf(value)).toBe('text/html');
  });
});
