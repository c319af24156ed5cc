import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../../packages/', import.meta.url));

/** The `ts run` blocks of one README. */
export interface ReadmeBlocks {
  readonly name: string;
  /** Where files lie that resolve imports as the package itself does. Not kept by git. */
  readonly folder: string;
  readonly blocks: readonly string[];
}

/** The examples of every package's README that are run and type-checked. */
export function readmeBlocks(): readonly ReadmeBlocks[] {
  return readdirSync(packages).map((name) => {
    const readme = readFileSync(`${packages}${name}/README.md`, 'utf8');
    const blocks = [...readme.matchAll(/^```ts run\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
    return { name, folder: `${packages}${name}/.readme/`, blocks };
  });
}
