import type { ConfigDocument, Span } from './config-document.ts';
import { formatConfigPath } from './config-path.ts';
import type { Finding } from './finding.ts';

/** Something wrong with a configuration file, and where. */
export interface Problem {
  /** As the file was named. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
  /** How many columns it is about: at least 1, never beyond the line. */
  readonly length: number;
  /** `sites.demo.routes[1].proxy.to`; empty where the syntax is so wrong that there are no places. */
  readonly path: string;
  /** What was expected and what was found. */
  readonly message: string;
  /** The right name, when what was found looks like a misspelling of one. */
  readonly suggestion: string | null;
  /** The line as it is written; `null` when there is none to show. */
  readonly sourceLine: string | null;
}

/** The file and what stands in it. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

/** Looks up where the findings stand. In the order of the file. */
export function toProblems(findings: readonly Finding[], document: ConfigDocument, source: Source): Problem[] {
  const { file, text } = source;
  const lines = readLines(text);
  return findings
    .map((finding) => {
      const { at } = finding;
      if ('offset' in at) {
        const start = Math.min(at.offset, text.length); // the parser may look for more behind the end
        return toProblem(finding, file, lines, { start, end: start }, '');
      }
      const { span, path } = document.locate(at.path, at.part);
      return toProblem(finding, file, lines, span, formatConfigPath(path));
    })
    .sort((one, other) => one.line - other.line || one.column - other.column);
}

/** A problem with a file that could not be read at all. */
export function fileProblem(file: string, message: string): Problem {
  return { file, line: 1, column: 1, length: 1, path: '', message, suggestion: null, sourceLine: null };
}

/** One line of a file and where it begins. */
interface Line {
  readonly start: number;
  readonly text: string;
}

/** Done once: a file of thousands of mistakes is not read again for each. */
function readLines(text: string): readonly Line[] {
  let start = 0;
  return text.split('\n').map((line) => {
    const read = { start, text: /^[^\r]*/.exec(line)![0] };
    start += line.length + 1;
    return read;
  });
}

/** The number, from 0, of the line that an offset is in. */
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
