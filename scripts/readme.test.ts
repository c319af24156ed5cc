import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { transformSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { readmeBlocks } from './lib/readme-blocks.ts';

/**
 * Runs the `ts run` blocks of every README.md and REFERENCE.md unchanged, with Node, against the built packages. The output must
 * match their `// →` comments, line by line.
 */
describe.each(readmeBlocks())('README and REFERENCE of $name', ({ folder, blocks }) => {
  it('has an example that is run', () => expect(blocks.length).toBeGreaterThan(0));

  it.each(blocks.map((code, index) => [index + 1, code] as const))('prints what block %i says', async (index, code) => {
    mkdirSync(folder, { recursive: true });
    const file = `${folder}block-${index}.mjs`;
    writeFileSync(file, transformSync(code, { loader: 'ts', format: 'esm', target: 'node20' }).code);
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 20_000 });
      const expected = [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, line]) => line);
      expect(expected.length).toBeGreaterThan(0);
      expect(stdout.trimEnd().split('\n')).toEqual(expected);
    } finally {
      rmSync(file);
    }
  });
});
