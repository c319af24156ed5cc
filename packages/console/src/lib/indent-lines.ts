import { escapeControls } from './escape-controls.ts';

const indent = '    ';

/** A text of several lines, each indented and its control characters escaped: readable, and none can be taken for a line of a log. */
export function indentLines(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => (indent + escapeControls(line)).trimEnd())
    .join('\n');
}
