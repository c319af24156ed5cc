import { defineConfig } from 'tsup';

/** The one build recipe of every package: each entry is a file directly in `src/`. */
export function definePackage(entries: readonly string[]): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry: entries.map((name) => `src/${name}.ts`),
    format: 'esm',
    target: 'node20',
    platform: 'neutral',
    external: [/^node:/],
    dts: { compilerOptions: { customConditions: [] } }, // what is below was checked and built before
    sourcemap: true,
    clean: true,
    silent: true,
  });
}
