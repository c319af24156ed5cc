import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { readmeBlocks } from './lib/readme-blocks.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

/** The settings of a strict project into which a user pastes an example. */
const compilerOptions = {
  strict: true,
  module: 'nodenext',
  target: 'es2022',
  lib: ['es2023', 'dom'],
  types: ['node'],
  noEmit: true,
  skipLibCheck: true,
};

it('type-checks every example of every README and REFERENCE with `strict` and `nodenext`, against the built packages', async () => {
  const files: string[] = [];
  for (const { folder, blocks } of readmeBlocks()) {
    mkdirSync(folder, { recursive: true });
    for (const [index, code] of blocks.entries()) {
      files.push(`${folder}types-${index + 1}.mts`);
      writeFileSync(files.at(-1)!, code);
    }
  }
  const config = `${root}packages/core/.readme/tsconfig.json`;
  writeFileSync(
    config,
    JSON.stringify({ compilerOptions: { ...compilerOptions, typeRoots: [`${root}node_modules/@types`] }, files }),
  );
  try {
    const tsc = promisify(execFile)(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', config]);
    const { stdout } = await tsc.catch((error: { stdout: string }) => error);
    expect([stdout, files.length > 20]).toEqual(['', true]);
  } finally {
    for (const file of [...files, config]) rmSync(file);
  }
}, 120_000);
