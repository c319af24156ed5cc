import type { Problem } from './problem.ts';

/** Maximum width of the excerpt shown from a long line. */
const maxLineWidth = 110;

/**
 * Formats problems for a console: place, source line, caret, message. Ends with a line feed; empty if there are no problems.
 *
 * @param noun What they are called. Default: `problem`
 */
export function formatProblems(problems: readonly Problem[], noun: 'problem' | 'warning' = 'problem'): string {
  if (problems.length === 0) return '';
  const count = problems.length === 1 ? `1 ${noun}` : `${problems.length} ${noun}s`;
  const files = new Set(problems.map(({ file }) => file));
  const where = files.size === 1 ? printable(problems[0]!.file) : `${files.size} files`;
  return `${problems.map(formatProblem).join('\n')}\n${count} in ${where}\n`;
}

function formatProblem(problem: Problem): string {
  const { file, line, column, path } = problem;
  const position = line === 0 ? '' : `:${line}:${column}`;
  const place = `${printable(file)}${position}${path === '' ? '' : `  ${printable(path)}`}`;
  return `${place}\n${excerpt(problem)}  ${printable(sentence(problem))}\n`;
}

function sentence({ message, suggestion }: Problem): string {
  const text = `${message.charAt(0).toUpperCase()}${message.slice(1)}${message.endsWith('.') ? '' : '.'}`;
  return suggestion === null ? text : `${text} Did you mean \`${suggestion}\`?`;
}

function excerpt({ line, column, length, sourceLine }: Problem): string {
  if (sourceLine === null || sourceLine.trim() === '') return '';
  const from = column + length > maxLineWidth ? Math.max(0, column - 1 - maxLineWidth / 2) : 0;
  const shown = printable(sourceLine.slice(from, from + maxLineWidth));
  const margin = String(line);
  const caret = ' '.repeat(column - 1 - from) + '^'.repeat(Math.min(length, maxLineWidth - (column - 1 - from)));
  return `  ${margin} | ${shown}\n  ${' '.repeat(margin.length)} | ${caret}\n`;
}

/** Replaces a tab with an arrow, one column wide, and other control characters, which could control a terminal, with a box. */
function printable(text: string): string {
  return text.replaceAll('\t', '→').replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '□');
}
