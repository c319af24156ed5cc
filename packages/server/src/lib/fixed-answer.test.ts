import type { FixedBytes } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { type HeadFacts, keepAnswer, keptAnswer } from './fixed-answer.ts';

const fixed = (size: number): FixedBytes => ({ bytes: new Uint8Array(size).fill(0xe9), kept: undefined });
const facts: HeadFacts = { status: 200, date: 'Date: 1\r\n', fields: ['a', '1', 'A'] };

describe('keptAnswer()', () => {
  it('has the whole answer when the same one comes again', () => {
    const bytes = fixed(2);
    expect([keptAnswer(bytes, facts), keepAnswer(bytes, facts, 'head')]).toEqual([null, null]);
    expect([keptAnswer(bytes, facts), keepAnswer(bytes, facts, 'head')]).toEqual([null, 'headéé']);
    expect(keptAnswer(bytes, { ...facts, fields: [...facts.fields] })).toBe('headéé');
  });

  it.each<[string, Partial<HeadFacts>]>([
    ['status', { status: 206 }],
    ['date', { date: 'Date: 2\r\n' }],
    ['value', { fields: ['a', '2', 'A'] }],
    ['spelling', { fields: ['a', '1', 'a'] }],
    ['number of fields', { fields: ['a', '1', 'A', 'b', '1', 'B'] }],
  ])('has none with another %s, and starts again', (_name, other) => {
    const bytes = fixed(1);
    for (let round = 0; round < 2; round++) keepAnswer(bytes, facts, 'head');
    const changed = { ...facts, ...other };
    expect(keptAnswer(bytes, changed)).toBeNull();
    expect([keepAnswer(bytes, changed, 'new'), keepAnswer(bytes, changed, 'new')]).toEqual([null, 'newé']);
    expect(keptAnswer(bytes, facts)).toBeNull();
  });

  it('leaves large bytes alone', () => {
    const bytes = fixed(16 * 1024);
    for (let round = 0; round < 3; round++) expect(keepAnswer(bytes, facts, 'head')).toBeNull();
  });
});
