/** The lines of the file that a problem of a configuration is shown with: ` 12 |   token: …`, and the marks below. */
const excerpt = /^ +[0-9]* \| .*(?:\n|$)/gm;
/** What stood in the file, and what was guessed from it. A value never has a line break. */
const found = /,? found\b.*$/gm;
const quoted = /"(?:[^"\\\n]|\\.)*"/g;
const isProblems = /\n[0-9]+ (?:problem|warning)s? in /;
const isSentence = /\bexpected .*\bfound\b/i;

/**
 * Leaves out of the problems of a configuration what may be a secret: its lines and values. Who may not read the configuration gets
 * the place, the name of the key and what was expected.
 */
export function withoutValues(text: string): string {
  return text.replace(excerpt, '').replace(found, ', found something else').replace(quoted, '"…"');
}

/** The same for a line of a log, if it tells of such problems. */
export function withoutValuesOfProblems(text: string): string {
  return isProblems.test(text) || isSentence.test(text) ? withoutValues(text) : text;
}
