import type { DiffLine } from './line-diff.ts';

/** Reads a unified diff; `null` stands where lines are left out. */
export function parseUnifiedDiff(diff: string): readonly (DiffLine | null)[] {
  const lines: (DiffLine | null)[] = [];
  let [before, after] = [0, 0];
  let isInside = false;
  for (const line of diff.split('\n')) {
    const head = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    if (head !== null) {
      [before, after] = [Number(head[1]), Number(head[2])];
      isInside = true;
      lines.push(null);
      continue;
    }
    if (!isInside || line === '' || line.startsWith('\\')) continue; // names of the files; `\ No newline at end of file`
    const text = line.slice(1);
    if (line.startsWith('+')) lines.push({ kind: 'added', text, before: null, after: after++ });
    else if (line.startsWith('-')) lines.push({ kind: 'removed', text, before: before++, after: null });
    else lines.push({ kind: 'same', text, before: before++, after: after++ });
  }
  return lines;
}
