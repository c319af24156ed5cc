import { escapeControls } from './escape-controls.ts';

const indent = '    ';

/** Indents each line of a text and escapes its control characters, so that none can be taken for a line of the log. */
export function indentLines(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => (indent + escapeControls(line)).trimEnd())
    .join('\n');
}
