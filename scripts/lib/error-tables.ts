import { existsSync, readdirSync } from 'node:fs';

type Entry = string | { readonly message: string; readonly status?: number };
type Table = Readonly<Record<string, Entry>>;

const packages = new URL('../../packages/', import.meta.url);

/** The table of error codes of every package that has an `errors.ts`, by the name of the package. Its index exports one. */
export async function loadErrorTables(): Promise<ReadonlyMap<string, Table>> {
  const names = readdirSync(packages).filter((name) => existsSync(new URL(`${name}/src/lib/errors.ts`, packages)));
  const tables = names.sort().map(async (name): Promise<[string, Table]> => {
    const index = new URL(`${name}/src/index.ts`, packages).href;
    const exported = (await import(/* @vite-ignore */ index)) as Record<string, unknown>;
    const [table, ...others] = Object.keys(exported).filter((key) => key.endsWith('Errors'));
    if (table === undefined || others.length > 0) throw new Error(`${name} should export one table of errors`);
    return [name, exported[table] as Table];
  });
  return new Map(await Promise.all(tables));
}

/** `docs/reference/errors.md`, drawn from the tables. */
export function drawErrorPage(tables: ReadonlyMap<string, Table>): string {
  const sections = [...tables].map(([name, table]) => {
    const rows = Object.entries(table).map(([code, entry]) => {
      const { message, status } = typeof entry === 'string' ? { message: entry, status: undefined } : entry;
      return `| \`${code}\` | ${status ?? ''} | ${message} |`;
    });
    return `## @windhover/${name}\n\n| code | status | what happened |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  const intro =
    'Codes are part of the API, the texts are not. Where there is a status, it is what a client is answered.';
  return `# Error codes\n\n${intro}\n\n${sections.join('\n')}`;
}
