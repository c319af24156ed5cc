import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Maximum number of files to check: the newest ones, where a new mistake is most likely. */
const maxFiles = 20;

/** Time limit for one file: Node starts, checks the file and ends without running anything. */
const timeoutMs = 5000;

/**
 * Returns the file, line and position of a syntax error as Node prints them, or `null` if it is not found. Node does not report the
 * position when a module is imported, only when it checks a file. So this checks the module and the files that it imports by relative
 * paths. Nothing is run.
 */
export async function locateSyntaxError(file: string, message: string): Promise<string | null> {
  for (const path of await importedFiles(file)) {
    const said = await check(path);
    if (said.includes(`SyntaxError: ${message}`)) return said.slice(0, said.indexOf('\n\n'));
  }
  return null;
}

/** Returns the newest files among a module and its direct and indirect imports. */
async function importedFiles(file: string): Promise<string[]> {
  const found = new Map<string, number>();
  const pending = [file];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const stats = found.has(path) ? null : await stat(path).catch(() => null); // the text may only look like an import
    if (stats?.isFile() !== true) continue;
    found.set(path, stats.mtimeMs);
    const text = await readFile(path, 'utf8');
    for (const [, specifier] of text.matchAll(specifiers)) pending.push(resolve(dirname(path), specifier!));
  }
  const newest = [...found].sort(([, one], [, other]) => other - one).slice(0, maxFiles);
  return newest.map(([path]) => path);
}

const specifiers = /\b(?:from|import|require)\s*\(?\s*["'](\.{1,2}\/[^"'\n]+)["']/g;

/** Returns Node's output when it checks a file. */
function check(path: string): Promise<string> {
  const { NODE_OPTIONS: _, ...env } = process.env; // checking needs no loaders or debuggers
  return new Promise((resolve) => {
    const options = { env, timeout: timeoutMs, encoding: 'utf8' } as const;
    execFile(process.execPath, ['--check', path], options, (_error, _stdout, stderr) => resolve(stderr));
  });
}
