import { describe, expect, it } from 'vitest';
import { negotiateLanguage } from './negotiate-language.ts';

describe('negotiateLanguage()', () => {
  it.each([
    ['the first without the field', undefined, ['en', 'de'], 'en'],
    ['the higher weight', 'de;q=0.7, en;q=0.3', ['en', 'de'], 'de'],
    ['the server preference between equal weights', 'de, en', ['en', 'de'], 'en'],
    ['a longer tag for a shorter range (RFC 4647 §3.3.1)', 'en', ['de', 'en-GB'], 'en-GB'],
    ['a shorter tag for a longer range (RFC 4647 §3.4)', 'en-GB', ['de', 'en'], 'en'],
    ['the exact tag over the one it falls back to', 'en-GB', ['en', 'en-GB'], 'en-GB'],
    ['the fallback of the heavier range', 'en-GB, fr;q=0.8', ['fr', 'en'], 'en'],
    ['what * stands for', 'fr, *;q=0.1', ['ja'], 'ja'],
    ['not a language with q=0 under *', 'en;q=0, *', ['en', 'de'], 'de'],
    ['by the longest range', 'en, en-US;q=0.1', ['en-US', 'en-GB'], 'en-GB'],
    ['without regard to case', 'EN-gb', ['en-GB'], 'en-GB'],
  ])('chooses %s', (_name, header, available, value) => {
    expect(negotiateLanguage(header, available)).toEqual({ kind: 'chosen', value });
  });

  it.each([
    ['fr', ['en']],
    ['e', ['en']],
    ['en-GB;q=0', ['en-GB', 'en']],
    ['*;q=0', ['en']],
  ])('accepts nothing of %j out of %j', (header, available) => {
    expect(negotiateLanguage(header, available)).toEqual({ kind: 'not-acceptable' });
  });
});
