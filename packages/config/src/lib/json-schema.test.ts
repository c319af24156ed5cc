import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeExpected, knownKeys } from './json-schema.ts';

const schema = z.toJSONSchema(
  z.strictObject({
    port: z.int().min(1).max(9),
    size: z.number().min(0).nullable(),
    mode: z.enum(['a', 'b']).optional(),
    list: z.union([z.string(), z.array(z.union([z.int(), z.boolean()]))]),
    map: z.record(z.string(), z.strictObject({ deep: z.unknown() })),
  }),
);

describe('describeExpected()', () => {
  it.each([
    [['port'], 'a whole number from 1 to 9'],
    [['size'], 'a number, 0 or more or `null`'],
    [['mode'], '`a` or `b`'],
    [['list'], 'a text or a list'],
    [['list', 3], 'a whole number or `true` or `false`'],
    [['map', 'any'], 'a map'],
    [['map', 'any', 'deep'], ''],
    [[], 'a map'],
  ])('says of %j: %s', (path, words) => {
    expect(describeExpected(schema, path)).toBe(words);
  });
});

describe('knownKeys()', () => {
  it('lists the keys of the map at a place', () => {
    expect(knownKeys(schema, [])).toEqual(['port', 'size', 'mode', 'list', 'map']);
    expect(knownKeys(schema, ['map', 'x'])).toEqual(['deep']);
    expect(knownKeys(schema, ['port'])).toEqual([]);
  });
});
