import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Writes the declarations of a package beside its built files, one for each source file that `entries` need. */
export function writeDeclarations(folder: string, entries: readonly string[]): void {
  const dist = join(folder, 'dist');
  const config = join(dist, 'tsconfig.json');
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    customConditions: [], // the packages below are checked and built already: read their declarations
    rootDir: join(folder, 'src'),
    outDir: dist,
    typeRoots: [join(root, 'node_modules/@types')],
  };
  const files = entries.map((entry) => join(folder, entry));
  writeFileSync(config, JSON.stringify({ extends: join(root, 'tsconfig.base.json'), compilerOptions, files }));
  try {
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config], { stdio: 'inherit' });
  } finally {
    rmSync(config);
  }
  for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.d.ts')) nameBuiltFiles(join(dist, name));
  }
}

/** `./lib/after.ts` is `./lib/after.js` in the built package. The compiler keeps the name of the source. */
function nameBuiltFiles(file: string): void {
  const text = readFileSync(file, 'utf8');
  const named = text.replace(/((?:from |import\(|import )['"]\.{1,2}\/[^'"\n]+)\.ts(['"])/g, '$1.js$2');
  if (named !== text) writeFileSync(file, named);
}
