import { EOS, huffmanCodes } from './huffman-codes.ts';
import { huffmanLengths } from './huffman-lengths.ts';

/** Marks a transition that meets EOS, which a string must not hold (RFC 7541 §5.2). */
const HAS_EOS = 1 << 26;

interface Machine {
  /** At `state * 256 + byte`: next state, count of symbols (8), first symbol (10), second symbol (18), `HAS_EOS`. */
  readonly transitions: Uint32Array;
  /** 1 for the states in which a string may end: at most 7 bits of padding, all of them ones. */
  readonly accepting: Uint8Array;
}

let machine: Machine | null = null;

/**
 * Decodes the bytes from `start` to `end` into `target` from 0 on, which needs 8/5 of the space. Returns the length, or
 * -1 if they are not a valid code. Looks up a whole byte at a time, which gives at most two symbols.
 */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number, target: Uint8Array): number {
  const { transitions, accepting } = (machine ??= buildMachine());
  let state = 0;
  let length = 0;
  for (let position = start; position < end; position++) {
    const entry = transitions[(state << 8) | bytes[position]!]!;
    if (entry >= HAS_EOS) return -1;
    state = entry & 0xff;
    const count = (entry >>> 8) & 3;
    if (count === 0) continue;
    target[length++] = (entry >>> 10) & 0xff;
    if (count === 2) target[length++] = (entry >>> 18) & 0xff;
  }
  return accepting[state] === 1 ? length : -1;
}

/** The tree of the code: `zero` and `one` of each inner node are another node, or `-1 - symbol`. */
interface Tree {
  readonly zero: number[];
  readonly one: number[];
  readonly accepting: number[];
}

function buildTree(): Tree {
  const tree: Tree = { zero: [0], one: [0], accepting: [1] };
  const depths = [0];
  for (let symbol = 0; symbol <= EOS; symbol++) {
    let node = 0;
    for (let bit = huffmanLengths[symbol]! - 1; bit >= 0; bit--) {
      const isOne = ((huffmanCodes[symbol]! >>> bit) & 1) === 1;
      const branch = isOne ? tree.one : tree.zero;
      if (bit === 0) branch[node] = -1 - symbol;
      else if (branch[node] === 0) {
        branch[node] = tree.zero.length;
        tree.zero.push(0);
        tree.one.push(0);
        depths.push(depths[node]! + 1);
        tree.accepting.push(isOne && tree.accepting[node] === 1 && depths[node]! < 7 ? 1 : 0);
      }
      node = branch[node]!;
    }
  }
  return tree;
}

function buildMachine(): Machine {
  const tree = buildTree();
  const transitions = new Uint32Array(tree.zero.length << 8);
  for (let state = 0; state < tree.zero.length; state++) {
    for (let byte = 0; byte < 256; byte++) transitions[(state << 8) | byte] = transitionOf(tree, state, byte);
  }
  return { transitions, accepting: Uint8Array.from(tree.accepting) };
}

function transitionOf(tree: Tree, state: number, byte: number): number {
  let node = state;
  let count = 0;
  let symbols = 0;
  for (let bit = 7; bit >= 0; bit--) {
    node = (((byte >>> bit) & 1) === 1 ? tree.one : tree.zero)[node]!;
    if (node >= 0) continue;
    const symbol = -1 - node;
    if (symbol === EOS) return HAS_EOS;
    symbols |= symbol << (10 + 8 * count++);
    node = 0;
  }
  return node | (count << 8) | symbols;
}
