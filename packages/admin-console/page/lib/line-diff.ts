/** One line of a comparison. Numbers count from 1; `null`: not in that text. */
export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
  readonly before: number | null;
  readonly after: number | null;
}

/** Compares two texts line by line, with as few changes as possible (Myers, "An O(ND) Difference Algorithm"). */
export function lineDiff(before: string, after: string): readonly DiffLine[] {
  const old = before.split('\n');
  const now = after.split('\n');
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  const steps = shortestEdit(old.slice(start, old.length - end), now.slice(start, now.length - end));
  const kinds: DiffLine['kind'][] = [
    ...Array.from({ length: start }, () => 'same' as const),
    ...steps,
    ...Array.from({ length: end }, () => 'same' as const),
  ];
  let [line, newLine] = [0, 0];
  return kinds.map((kind) => {
    const left = kind === 'added' ? null : ++line;
    const right = kind === 'removed' ? null : ++newLine;
    return { kind, text: left === null ? now[right! - 1]! : old[left - 1]!, before: left, after: right };
  });
}

/** The changed lines with some lines around them; `null` stands where lines are left out. */
export function hunks(lines: readonly DiffLine[], around = 3): readonly (DiffLine | null)[] {
  const isNear = lines.map(() => false);
  lines.forEach(({ kind }, index) => {
    if (kind === 'same') return;
    isNear.fill(true, Math.max(0, index - around), index + around + 1);
  });
  const shown: (DiffLine | null)[] = [];
  lines.forEach((line, index) => {
    if (isNear[index]) shown.push(line);
    else if (shown.length > 0 ? shown.at(-1) !== null : isNear.includes(true)) shown.push(null);
  });
  return shown;
}

/** The steps from one list to another. `reached[k]` is how far along the old list the diagonal `k` has come. */
function shortestEdit(old: readonly string[], now: readonly string[]): DiffLine['kind'][] {
  const rounds: Map<number, number>[] = [];
  let reached = new Map([[1, 0]]);
  for (let edits = 0; ; edits++) {
    rounds.push(reached);
    const next = new Map(reached);
    for (let k = -edits; k <= edits; k += 2) {
      let x = isInsertion(reached, k, edits) ? reached.get(k + 1)! : reached.get(k - 1)! + 1;
      while (x < old.length && x - k < now.length && old[x] === now[x - k]) x++;
      next.set(k, x);
      if (x >= old.length && x - k >= now.length) return walkBack(rounds, old.length, now.length);
    }
    reached = next;
  }
}

function isInsertion(reached: ReadonlyMap<number, number>, k: number, edits: number): boolean {
  return k === -edits || (k !== edits && reached.get(k - 1)! < reached.get(k + 1)!);
}

function walkBack(rounds: readonly ReadonlyMap<number, number>[], oldLength: number, newLength: number) {
  const steps: DiffLine['kind'][] = [];
  let [x, y] = [oldLength, newLength];
  for (let edits = rounds.length - 1; edits > 0; edits--) {
    const reached = rounds[edits]!;
    const isAdded = isInsertion(reached, x - y, edits);
    const k = x - y + (isAdded ? 1 : -1);
    const from = reached.get(k)!;
    const corner = isAdded ? from : from + 1;
    for (; x > corner; x--, y--) steps.push('same');
    steps.push(isAdded ? 'added' : 'removed');
    [x, y] = [from, from - k];
  }
  for (; x > 0; x--) steps.push('same');
  return steps.reverse();
}
