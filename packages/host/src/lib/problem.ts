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
  return findings
    .map((finding) => {
      if ('offset' in finding.at) return toProblem(finding, source, { start: finding.at.offset, end: 0 }, '');
      const { span, path } = document.locate(finding.at.path, finding.at.part);
      return toProblem(finding, source, span, formatConfigPath(path));
    })
    .sort((one, other) => one.line - other.line || one.column - other.column);
}

/** A problem with a file that could not be read at all. */
export function fileProblem(file: string, message: string): Problem {
  return { file, line: 1, column: 1, length: 1, path: '', message, suggestion: null, sourceLine: null };
}

function toProblem(finding: Finding, { file, text }: Source, span: Span, path: string): Problem {
  const start = Math.min(span.start, text.length);
  const lineStart = start === 0 ? 0 : text.lastIndexOf('\n', start - 1) + 1;
  const sourceLine = /^[^\r\n]*/.exec(text.slice(lineStart))?.[0] ?? '';
  const column = start - lineStart + 1;
  const line = text.slice(0, lineStart).split('\n').length;
  const length = Math.max(1, Math.min(span.end - start, sourceLine.length - column + 1));
  return {
    file,
    line,
    column,
    length,
    path,
    message: finding.message,
    suggestion: finding.suggestion ?? null,
    sourceLine,
  };
}
