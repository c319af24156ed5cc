import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AppError } from './app-error.ts';
import { type App, readExport } from './read-export.ts';

/** Imports a module and reads what it exports. Rejects with an `AppError` that says what and where; what the module throws itself comes through. */
export async function loadApp(file: string): Promise<App> {
  const path = resolve(file);
  const found = await stat(path).catch(() => null);
  if (found === null) throw new AppError(`${file}: expected a module, found no such file`);
  if (!found.isFile())
    throw new AppError(`${file}: expected a module, found a folder: name its file, as in ${file}/app.mjs`);
  const { default: exported } = await importModule(path, file);
  try {
    return readExport(await exported);
  } catch (error) {
    throw error instanceof AppError ? new AppError(`${file}: ${error.message}`) : error;
  }
}

async function importModule(path: string, file: string): Promise<{ readonly default?: unknown }> {
  try {
    return (await import(pathToFileURL(path).href)) as { default?: unknown };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_UNKNOWN_FILE_EXTENSION') throw error;
    const advice = 'build it to JavaScript, use Node 22.18 or newer, or set NODE_OPTIONS="--import tsx"';
    throw new AppError(`${file}: this Node cannot load it: ${advice}`, { cause: error });
  }
}
