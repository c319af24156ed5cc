import { readdirSync, readFileSync } from 'node:fs';
import { transformSync } from 'esbuild';
import { describe, expect, it } from 'vitest';

const folder = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, folder), 'utf8');
const sources = readdirSync(new URL('src/', folder), { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && !/\.test\.ts$|-fixtures\.ts$/.test(name),
);

describe('the size of @windhover/core', () => {
  it('has no dependencies', () => {
    expect(Object.keys(JSON.parse(read('package.json')) as object)).not.toContain('dependencies');
    expect(Object.keys(JSON.parse(read('package.json')) as object)).not.toContain('peerDependencies');
  });

  it('imports only its own files: it runs wherever JavaScript does', () => {
    for (const name of sources) {
      for (const [, from] of read(`src/${name}`).matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)) {
        expect(from, name).toMatch(/^\.{1,2}\//);
      }
    }
  });

  it('has at most 1050 lines of code that runs, re-exports not counted', () => {
    const code = sources.filter((name) => name.startsWith('lib')).flatMap(runningLines);
    expect(code.length).toBeGreaterThan(500);
    expect(code.length).toBeLessThanOrEqual(1050);
  });

  it('is compiled without any types of the platform around it', () => {
    const pure = JSON.parse(read('../../tsconfig.pure.json')) as {
      compilerOptions: { types: string[] };
      include: string[];
    };
    expect(pure.compilerOptions.types).toEqual([]);
    expect(pure.include).toContain('packages/core/src');
  });
});

/** Types erased, comments and blank lines left out. */
function runningLines(name: string): string[] {
  const { code } = transformSync(read(`src/${name}`), { loader: 'ts' });
  return code.split('\n').filter((line) => line.trim() !== '' && !/^\s*(\/\/|\/?\*)/.test(line));
}
