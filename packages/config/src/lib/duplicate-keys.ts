import { isMap, isPair, isScalar, isSeq, type Node, type Pair } from 'yaml';

/**
 * Returns the offset of every key that its map has had before. The parser's own check compares each key with all others
 * of its map, so 20,000 sites would take it a minute.
 */
export function duplicateKeys(root: unknown): number[] {
  const offsets: number[] = [];
  const check = (node: unknown): void => {
    if (isSeq(node)) node.items.forEach(check);
    else if (isPair(node)) check(node.value); // a single pair in a list between brackets
    if (!isMap(node)) return;
    const seen = new Set<string>();
    for (const { key, value } of node.items as Pair<Node, Node>[]) {
      if (isScalar(key)) {
        const name = String(key.value);
        if (seen.has(name)) offsets.push(key.range?.[0] ?? 0);
        seen.add(name);
      }
      check(value);
    }
  };
  check(root);
  return offsets;
}
