import { stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AppError } from './app-error.ts';
import { describeFile } from './describe-file.ts';
import { describeThrown } from './explain.ts';
import { locateSyntaxError } from './locate-syntax-error.ts';
import { type App, exportForms, readExport } from './read-export.ts';

/**
 * Imports a module and reads its default export. Rejects with an `AppError` that names the problem and its place, and contains the error
 * that the module threw.
 */
export async function loadApp(file: string): Promise<App> {
  const path = resolve(file);
  const found = await stat(path).catch(() => null);
  if (found === null) throw new AppError(`${file}: expected a module, found no such file`);
  if (found.isDirectory())
    throw new AppError(`${file}: expected a module, found a folder: name its file, as in ${file}/app.mjs`);
  if (!found.isFile()) throw new AppError(`${file}: expected a module, found ${describeFile(found)}`);
  if (/^\.(?:json|ya?ml)$/i.test(extname(file)))
    throw new AppError(`${file}: expected a module; a configuration file is given with --config ${file}`);
  const module = await importModule(path, file);
  try {
    return readExport(await defaultOf(module));
  } catch (error) {
    throw error instanceof AppError ? new AppError(`${file}: ${error.message}`) : thrownBy(error);
  }
}

/** Wraps an error of the application, whatever its code: the author needs its stack. */
function thrownBy(error: unknown): AppError {
  return new AppError(describeThrown(error), { cause: error });
}

type Module = Readonly<Record<string, unknown>>;

async function importModule(path: string, file: string): Promise<Module> {
  try {
    return (await import(pathToFileURL(path).href)) as Module;
  } catch (error) {
    const { code } = Object(error) as NodeJS.ErrnoException;
    if (code === 'ERR_UNKNOWN_FILE_EXTENSION') throw new AppError(`${file}: ${unknownKind(path)}`, { cause: error });
    if (error instanceof SyntaxError) await addPlace(error, path);
    throw thrownBy(error);
  }
}

/** Returns the default export. CommonJS compiled from an ES module has it one level deeper. */
function defaultOf(module: Module): unknown {
  if (!('default' in module)) {
    const names = Object.keys(module);
    const found = names.length === 0 ? 'found none' : `found only ${names.slice(0, 5).join(', ')}`;
    throw new AppError(`expected a default export, ${exportForms}: ${found}`);
  }
  const { default: exported } = module;
  const { __esModule: isCompiled, default: inner } = Object(exported) as Record<string, unknown>;
  return isCompiled === true && inner !== undefined ? inner : exported;
}

function unknownKind(path: string): string {
  const extension = extname(path);
  if (!/^\.[cm]?tsx?$|^\.jsx$/.test(extension)) return `Node loads no files of the kind ${extension}`;
  return 'this Node cannot load it: build it to JavaScript, use Node 22.18 or newer, or set NODE_OPTIONS="--import tsx"';
}

/** Adds the place to a syntax error in an imported ES module. Node reports the place only for CommonJS and TypeScript. */
async function addPlace(error: SyntaxError, path: string): Promise<void> {
  const { stack = '', message } = error;
  const [first] = stack.replace(`SyntaxError: ${message}\n`, '').split('\n', 1);
  if (!/^ +at .*\(node:internal\//.test(first!)) return; // the error has a place, or a call such as `JSON.parse` threw it
  const place = await locateSyntaxError(path, message);
  if (place !== null) error.stack = `${place}\n\n${stack}`;
}
