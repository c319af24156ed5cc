import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Files that are looked at: the newest ones, which is where a mistake is. */
const maxFiles = 20;

/** For one file: a Node starts and ends, with nothing to run. */
const timeoutMs = 5000;

/**
 * The file, the line and the place in it where a syntax error is, as Node shows them; `null` if it is not found. Node does not tell it to those who
 * import a module, only to those who ask it to check a file. So the module is checked, and the files that it imports by a relative path. Nothing
 * is run.
 */
export async function locateSyntaxError(file: string, message: string): Promise<string | null> {
  for (const path of await importedFiles(file)) {
    const said = await check(path);
    if (said.includes(`SyntaxError: ${message}`)) return said.slice(0, said.indexOf('\n\n'));
  }
  return null;
}

/** The newest files of a module, with those that it imports, directly or not. */
async function importedFiles(file: string): Promise<string[]> {
  const found = new Map<string, number>();
  const pending = [file];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const stats = found.has(path) ? null : await stat(path).catch(() => null); // a path may only look like one
    if (stats?.isFile() !== true) continue;
    found.set(path, stats.mtimeMs);
    const text = await readFile(path, 'utf8');
    for (const [, specifier] of text.matchAll(specifiers)) pending.push(resolve(dirname(path), specifier!));
  }
  const newest = [...found].sort(([, one], [, other]) => other - one).slice(0, maxFiles);
  return newest.map(([path]) => path);
}

const specifiers = /\b(?:from|import|require)\s*\(?\s*["'](\.{1,2}\/[^"'\n]+)["']/g;

/** What Node says to a file. */
function check(path: string): Promise<string> {
  const { NODE_OPTIONS: _, ...env } = process.env; // loaders and debuggers are not needed for that
  return new Promise((resolve) => {
    const options = { env, timeout: timeoutMs, encoding: 'utf8' } as const;
    execFile(process.execPath, ['--check', path], options, (_error, _stdout, stderr) => resolve(stderr));
  });
}
