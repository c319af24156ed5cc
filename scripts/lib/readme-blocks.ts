import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../../packages/', import.meta.url));

/** The `ts run` blocks of one package's documents: README.md and, if there is one, REFERENCE.md. */
export interface ReadmeBlocks {
  readonly name: string;
  /** A folder in which files resolve imports as the package itself does. Git ignores it. */
  readonly folder: string;
  readonly blocks: readonly string[];
}

/** The examples in every package's documents that are run and type-checked. */
export function readmeBlocks(): readonly ReadmeBlocks[] {
  return readdirSync(packages).map((name) => {
    const files = ['README.md', 'REFERENCE.md'].map((file) => `${packages}${name}/${file}`);
    const text = files.filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8'));
    const blocks = [...text.join('\n').matchAll(/^```ts run\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
    return { name, folder: `${packages}${name}/.readme/`, blocks };
  });
}
