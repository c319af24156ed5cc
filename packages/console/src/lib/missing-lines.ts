/** The line that stands where others are missing. */
export function missingLines(count: number): string {
  return `(${count} ${count === 1 ? 'line is' : 'lines are'} missing here: nobody was reading)\n`;
}
