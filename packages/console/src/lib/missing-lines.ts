/** The line that replaces missing lines. */
export function missingLines(count: number): string {
  return `(${count} ${count === 1 ? 'line is' : 'lines are'} missing here: nobody was reading)\n`;
}
