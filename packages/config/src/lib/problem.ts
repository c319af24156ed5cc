import type { ConfigDocument, Span } from './config-document.ts';
import { type ConfigPath, formatConfigPath } from './config-path.ts';
import type { Finding } from './finding.ts';

/** A problem in a configuration file, with its position. */
export interface Problem {
  /** The file name as the caller gave it. */
  readonly file: string;
  /** From 1; 0 if the configuration is a module, whose lines are not known. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
  /** The number of columns it covers: at least 1, never beyond the line. */
  readonly length: number;
  /** For example `sites.demo.routes[1].proxy.to`; empty if syntax errors leave no tree. */
  readonly path: string;
  /** States the expected and the found value. */
  readonly message: string;
  /** The correct name, if the found one looks like a misspelling of it. */
  readonly suggestion: string | null;
  /** The original line; `null` when there is none to show. */
  readonly sourceLine: string | null;
}

/** A file and its text. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

/** A place in a file. */
export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** Returns where a key is written; `null` in a module. */
export function placeOf(path: ConfigPath, document: ConfigDocument, { file, text }: Source): Place | null {
  if (text === '') return null;
  const { start } = document.locate(path, 'key').span;
  const before = text.slice(0, start).split('\n');
  return { file, line: before.length, column: before.at(-1)!.length + 1 };
}

/** Looks up the positions of the findings. Returns the problems in the order of the file. */
export function toProblems(findings: readonly Finding[], document: ConfigDocument, source: Source): Problem[] {
  const { file, text } = source;
  const lines = readLines(text);
  if (text === '' && document.value !== undefined) {
    return findings.map((finding) => {
      const path = 'path' in finding.at ? formatConfigPath(finding.at.path) : '';
      return { ...fileProblem(file, finding.message), line: 0, path, suggestion: finding.suggestion ?? null };
    });
  }
  return findings
    .map((finding) => {
      const { at } = finding;
      if ('offset' in at) {
        const start = Math.min(at.offset, text.length); // the parser may expect more after the end
        return toProblem(finding, file, lines, { start, end: start }, '');
      }
      const { span, path } = document.locate(at.path, at.part);
      return toProblem(finding, file, lines, span, formatConfigPath(path));
    })
    .sort((one, other) => one.line - other.line || one.column - other.column);
}

/** Creates a problem for a file that could not be read. */
export function fileProblem(file: string, message: string): Problem {
  return { file, line: 1, column: 1, length: 1, path: '', message, suggestion: null, sourceLine: null };
}

/** One line of a file and its start offset. */
interface Line {
  readonly start: number;
  readonly text: string;
}

/** Splits the text once, so that a file with thousands of errors is not read again for each. */
function readLines(text: string): readonly Line[] {
  let start = 0;
  return text.split('\n').map((line) => {
    const read = { start, text: /^[^\r]*/.exec(line)![0] };
    start += line.length + 1;
    return read;
  });
}

/** Returns the zero-based number of the line that contains an offset. */
function lineAt(lines: readonly Line[], offset: number): number {
  let first = 0;
  let last = lines.length - 1;
  while (first < last) {
    const middle = Math.ceil((first + last) / 2);
    if (lines[middle]!.start <= offset) first = middle;
    else last = middle - 1;
  }
  return first;
}

function toProblem(finding: Finding, file: string, lines: readonly Line[], span: Span, path: string): Problem {
  const number = lineAt(lines, span.start);
  const { start, text } = lines[number]!;
  const column = span.start - start + 1;
  const length = Math.max(1, Math.min(span.end - span.start, text.length - column + 1));
  return {
    file,
    line: number + 1,
    column,
    length,
    path,
    message: finding.message,
    suggestion: finding.suggestion ?? null,
    sourceLine: text,
  };
}
