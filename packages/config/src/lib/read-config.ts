import { dirname, resolve } from 'node:path';
import type { Clock } from '@windhover/core/feature';
import { type ConfigDisk, realDisk } from './config-disk.ts';
import type { ConfigPath } from './config-path.ts';
import type { Finding } from './finding.ts';
import { type ConfigPart, IncludeReader } from './include-reader.ts';
import { type Place, type Problem, placeOf, type Source, toProblems } from './problem.ts';
import { isModuleFile, readModule } from './read-module.ts';
import type { Reference } from './reference-types.ts';
import type { Environment } from './substitute-references.ts';

/** A configuration as it is written, with everything that it includes, not yet checked. */
export interface ReadConfig {
  /** The file that was named. */
  readonly file: string;
  /** The merged value; `undefined` if nothing can be read from the file that was named. */
  readonly value: unknown;
  /** The absolute names of all files, the named one first. */
  readonly files: readonly string[];
  /** The absolute names of the folders of the patterns under `include`. */
  readonly folders: readonly string[];
  /** Whether the named file is a module. Node keeps a module, so a change needs a new process. */
  readonly isCode: boolean;
  readonly references: readonly Reference[];
  /** Whether reading found errors. */
  readonly hasProblems: boolean;
  readonly warnings: readonly Problem[];
  /** Returns the errors of reading and those at the given places, in the order of the files and lines. */
  problems(findings: readonly Finding[]): readonly Problem[];
  /** Returns where a value is written. `null`: nowhere, or in a module, whose lines are not known. */
  placeOf(path: ConfigPath): Place | null;
  /** Returns the folder of the file in which a value is written; relative names start there. */
  directoryOf(path: ConfigPath): string;
}

/** What reading needs besides the file. */
export interface ReadSurroundings {
  /** Measures how long a module may take. */
  readonly clock: Clock;
  /** Default: the real one. */
  readonly disk?: ConfigDisk;
}

/**
 * Reads a file, or a text, and what it includes. A file that cannot be read is a problem.
 */
export async function readConfig(
  source: string | Source,
  env: Environment,
  { clock, disk = realDisk }: ReadSurroundings,
): Promise<ReadConfig | { readonly problems: readonly Problem[]; readonly isCode: boolean }> {
  const isCode = typeof source === 'string' && isModuleFile(source);
  const read =
    typeof source === 'string' ? await (isCode ? readModule(source, env, clock) : disk.read(source)) : source;
  if ('problem' in read) return { problems: [read.problem], isCode };
  const reader = new IncludeReader(env, disk);
  const root = reader.parse(read);
  const value = await reader.merge(root);
  const { parts } = reader;
  const toPartProblems = (part: ConfigPart, findings: readonly Finding[]): readonly Problem[] =>
    toProblems(findings, part.document, part.source);
  return {
    file: read.file,
    value,
    files: parts.map(({ source }) => resolve(source.file)),
    folders: [...reader.folders],
    isCode,
    references: parts.flatMap(({ document }) => document.references),
    hasProblems: parts.some(({ document, findings }) => document.findings.length + findings.length > 0),
    warnings: parts.flatMap((part) => toPartProblems(part, part.warnings)),
    problems: (findings) =>
      parts.flatMap((part) => {
        const unread = new Set(part.document.findings.map(placeOfValue)); // the value of a missing variable is not known
        const own = findings.filter((finding) => {
          const place = placeOfValue(finding);
          return reader.ownerOf(pathOf(finding)) === part && (place === null || !unread.has(place));
        });
        return toPartProblems(part, [...part.document.findings, ...part.findings, ...own]);
      }),
    placeOf(path) {
      const { document, source } = reader.ownerOf(path);
      return placeOf(path, document, source);
    },
    directoryOf: (path) => dirname(resolve(reader.ownerOf(path).source.file)),
  };
}

function pathOf({ at }: Finding): ConfigPath {
  return 'path' in at ? at.path : [];
}

function placeOfValue({ at }: Finding): string | null {
  return 'path' in at && at.part === 'value' ? JSON.stringify(at.path) : null;
}
