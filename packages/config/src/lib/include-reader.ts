import { dirname, relative, resolve } from 'node:path';
import { describeValue } from '@windhover/options';
import type { ConfigDisk } from './config-disk.ts';
import { type ConfigDocument, parseConfigDocument } from './config-document.ts';
import { asList, asMap, type ConfigPath } from './config-path.ts';
import { type Finding, findingAt, findingAtKey } from './finding.ts';
import { placeOf, type Source } from './problem.ts';
import type { Environment } from './substitute-references.ts';

/** One file of a configuration. */
export interface ConfigPart {
  readonly source: Source;
  readonly document: ConfigDocument;
  /** Errors of its `include`, and names that another file has too. */
  readonly findings: Finding[];
  readonly warnings: Finding[];
}

/** Reads the files that a configuration includes, and merges their top-level maps into one. */
export class IncludeReader {
  /** Every file, in the order of reading. */
  readonly parts: ConfigPart[] = [];
  /** The folders in which a new file may fit a pattern. */
  readonly folders = new Set<string>();
  private readonly env: Environment;
  private readonly disk: ConfigDisk;
  /** The file of a top-level key, or of a name in a top-level map, by its path as JSON. */
  private readonly owners = new Map<string, ConfigPart>();

  constructor(env: Environment, disk: ConfigDisk) {
    this.env = env;
    this.disk = disk;
  }

  /** @param document the value of a module, which has no text. Default: the text is parsed */
  parse(source: Source & { readonly document?: ConfigDocument }): ConfigPart {
    const document = source.document ?? parseConfigDocument(source.text, this.env);
    const part = { source, document, findings: [], warnings: [] };
    this.parts.push(part);
    return part;
  }

  /** Returns the value of a file together with that of the files that it includes. */
  async merge(root: ConfigPart): Promise<unknown> {
    const { value } = root.document;
    if (asMap(value) !== value) return value; // if it is not a map, the schema reports it
    const merged: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    await this.add(root, merged, [resolve(root.source.file)]);
    return Object.fromEntries(Object.entries(merged));
  }

  /** Returns the file in which a value is written; the first file for a value that is written nowhere. */
  ownerOf(path: ConfigPath): ConfigPart {
    const root = this.parts[0]!;
    return this.owners.get(keyOf(path.slice(0, 2))) ?? this.owners.get(keyOf(path.slice(0, 1))) ?? root;
  }

  private async add(part: ConfigPart, merged: Record<string, unknown>, trail: readonly string[]): Promise<void> {
    const { include, ...own } = asMap(part.document.value);
    for (const [key, value] of Object.entries(own)) this.addKey(part, merged, key, value);
    if (include === undefined) return;
    const isAlone = typeof include === 'string';
    for (const [index, written] of (isAlone ? [include] : asList(include)).entries()) {
      const at = isAlone ? ['include'] : ['include', index];
      if (typeof written !== 'string' || written === '') {
        part.findings.push(findingAt(at, `expected the name of a file, found ${describeValue(written)}`));
        continue;
      }
      for (const file of await this.filesOf(part, written, at)) await this.include(file, part, at, merged, trail);
    }
    if (!isAlone && !Array.isArray(include))
      part.findings.push(findingAt(['include'], `expected a file or a list of files, found ${describeValue(include)}`));
  }

  private addKey(part: ConfigPart, merged: Record<string, unknown>, key: string, value: unknown): void {
    const before = merged[key];
    if (!Object.hasOwn(merged, key)) {
      merged[key] = isMap(value) ? { ...value } : value;
      this.owners.set(keyOf([key]), part);
      for (const name of Object.keys(asMap(value))) this.owners.set(keyOf([key, name]), part);
      return;
    }
    if (!isMap(before) || !isMap(value)) {
      part.findings.push(this.takenFinding([key]));
      return;
    }
    for (const [name, inner] of Object.entries(value)) {
      if (Object.hasOwn(before, name)) {
        part.findings.push(this.takenFinding([key, name]));
        continue;
      }
      Object.defineProperty(before, name, { value: inner, enumerable: true, writable: true, configurable: true });
      this.owners.set(keyOf([key, name]), part);
    }
  }

  private takenFinding(path: ConfigPath): Finding {
    const { document, source } = this.ownerOf(path);
    const place = placeOf(path, document, source);
    const where = place === null ? source.file : `${source.file}:${place.line}:${place.column}`;
    return findingAtKey(
      path,
      `expected \`${path.at(-1)}\` in one file only, found it again: it stands in ${where} too`,
    );
  }

  private async include(
    file: string,
    from: ConfigPart,
    at: ConfigPath,
    merged: Record<string, unknown>,
    trail: readonly string[],
  ): Promise<void> {
    const name = resolve(file);
    if (trail.includes(name)) {
      const circle = [...trail.slice(trail.indexOf(name)), name].map((each) => shortName(each, from)).join(' → ');
      from.findings.push(findingAt(at, `expected files that do not include each other, found ${circle}`));
      return;
    }
    if (this.parts.some(({ source }) => resolve(source.file) === name)) return; // two files may include the same one
    const read = await this.disk.read(file);
    if ('problem' in read) {
      const found = read.problem.message.replace(/^.*, found /, '');
      from.findings.push(findingAt(at, `expected a file to include (looked for ${file}), found ${found}`));
      return;
    }
    const part = this.parse(read);
    const { value, isEmpty, findings } = part.document;
    if (isEmpty)
      (findings as Finding[]).length = 0; // a file in which everything is commented out
    else if (value !== undefined && !isMap(value))
      part.findings.push(findingAt([], `expected a map, found ${describeValue(value)}`));
    else await this.add(part, merged, [...trail, name]);
  }

  /** Returns the files that a pattern stands for, sorted by name. The file that includes is never one of them. */
  private async filesOf(part: ConfigPart, written: string, at: ConfigPath): Promise<readonly string[]> {
    const folder = dirname(part.source.file);
    if (!/[*?[\]{}!]/.test(written)) return [resolveBeside(folder, written)];
    this.folders.add(resolve(folder, written.slice(0, written.search(/[^/\\]*[*?[\]{}!]/))));
    const found = await this.disk.find(written, resolve(folder));
    const files = found.map((name) => resolveBeside(folder, name));
    if (files.length === 0)
      part.warnings.push(findingAt(at, `no file fits \`${written}\` (looked in ${resolve(folder)})`));
    return files.filter((file) => resolve(file) !== resolve(part.source.file));
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return value !== undefined && asMap(value) === value;
}

function keyOf(path: ConfigPath): string {
  return JSON.stringify(path);
}

/** Names the file as the user would from the same folder: `./sites/a.yaml` next to `./windhover.yaml`. */
function resolveBeside(folder: string, name: string): string {
  const absolute = resolve(folder, name);
  return resolve(folder) === folder ? absolute : relative('.', absolute) || absolute;
}

function shortName(file: string, { source }: ConfigPart): string {
  return relative(dirname(resolve(source.file)), file);
}
