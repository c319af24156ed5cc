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

  it('has at most 1090 lines of code that runs for whoever writes handlers and middleware', () => {
    const author = reachable(['index.ts']);
    const lines = [...author].flatMap(runningLines).length;
    expect(lines).toBeGreaterThan(500);
    expect(lines).toBeLessThanOrEqual(1090);
  });

  it('has at most 60 more for whoever writes features', () => {
    const author = reachable(['index.ts']);
    const feature = [...reachable(['feature.ts'])].filter((name) => !author.has(name));
    const lines = feature.flatMap(runningLines).length;
    expect(lines).toBeGreaterThan(20);
    expect(lines).toBeLessThanOrEqual(60);
  });

  it('has at most 400 more for engines and adapters, which nobody else can import', () => {
    const author = reachable(['index.ts', 'feature.ts']);
    const engine = [...reachable(['engine.ts'])].filter((name) => !author.has(name));
    const lines = engine.flatMap(runningLines).length;
    expect(lines).toBeGreaterThan(200);
    expect(lines).toBeLessThanOrEqual(400);
  });

  it('has no other code', () => {
    const all = reachable(['index.ts', 'feature.ts', 'engine.ts']);
    expect(sources.filter((name) => name.startsWith('lib') && !all.has(name) && runningLines(name).length > 0)).toEqual(
      [],
    );
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

/** The files of `lib` that these entries run: imports of types do not count. */
function reachable(entries: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    const { code } = transformSync(read(`src/${name}`), {
      loader: 'ts',
      tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    });
    for (const [, from] of code.matchAll(/\bfrom\s*"\.\/(?:lib\/)?([^"]+)"/g)) add(`lib/${from}`);
  };
  for (const name of entries) add(name);
  return new Set([...found].filter((name) => name.startsWith('lib')));
}

/** Types erased, comments and blank lines left out. */
function runningLines(name: string): string[] {
  const { code } = transformSync(read(`src/${name}`), { loader: 'ts' });
  return code.split('\n').filter((line) => line.trim() !== '' && !/^\s*(\/\/|\/?\*)/.test(line));
}
