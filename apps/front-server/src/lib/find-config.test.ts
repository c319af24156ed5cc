import { describe, expect, it } from 'vitest';
import { defaultConfig, findConfig } from './find-config.ts';

describe('findConfig()', () => {
  it.each([
    ['./windhover.yaml', ['./windhover.yaml', './windhover.json'], './windhover.yaml'],
    ['./windhover.yaml', ['./windhover.config.ts', './windhover.json'], './windhover.json'],
    ['./windhover.yaml', ['./windhover.config.mjs'], './windhover.config.mjs'],
    ['./windhover.yaml', [], './windhover.yaml'],
    ['other.yaml', ['./windhover.json'], 'other.yaml'],
  ])('reads %s where %j exist: %s', (written, files, expected) => {
    expect(findConfig(written, (file) => files.includes(file))).toBe(expected);
    expect(defaultConfig).toBe('./windhover.yaml');
  });
});
