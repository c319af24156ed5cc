import { createTwoFilesPatch } from 'diff';

/** The changes between two texts as a unified diff; empty if there are none. */
export function unifiedDiff(
  before: string,
  after: string,
  { from, to }: { readonly from: string; readonly to: string },
): string {
  if (before === after) return '';
  const patch = createTwoFilesPatch(from, to, before, after, undefined, undefined, { context: 3, timeout: 2000 });
  return (patch ?? wholeReplacement(before, after, { from, to })).replace(/^=+\n/, '');
}

/** Texts that have nothing in common take long to compare: then all lines are shown. */
function wholeReplacement(
  before: string,
  after: string,
  names: { readonly from: string; readonly to: string },
): string {
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  const lines = [...old.map((line) => `-${line}`), ...fresh.map((line) => `+${line}`)];
  return `--- ${names.from}\n+++ ${names.to}\n@@ -1,${old.length} +1,${fresh.length} @@\n${lines.join('\n')}\n`;
}
