import { defineConfig } from 'tsup';
import { writeDeclarations } from './lib/write-declarations.ts';

/** The one build recipe of every package: each entry is a file directly in `src/`. */
export function definePackage(entries: readonly string[]): ReturnType<typeof defineConfig> {
  const entry = entries.map((name) => `src/${name}.ts`);
  return defineConfig({
    entry,
    format: 'esm',
    target: 'node20',
    platform: 'neutral',
    external: [/^node:/],
    sourcemap: true,
    clean: true,
    silent: true,
    onSuccess: async () => writeDeclarations(process.cwd(), entry), // `dts` of tsup takes ten times as long
  });
}
