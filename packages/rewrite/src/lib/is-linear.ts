import { type AST, RegExpParser } from '@eslint-community/regexpp';
import { addSet, type CharacterSet, emptySet, overlaps, setOf } from './character-set.ts';

/** How many ways through the alternatives of a pattern there may be. Each costs one more pass at worst. */
const maxWays = 64;

/**
 * Whether the engine of the platform, which backtracks, finds a match in a time that grows with the length of the text
 * only. It is a proof for the simple patterns that rules are made of, not for all that are safe: the pattern begins with
 * `^`, repeats single characters or classes only, and gives back what it has repeated at most once.
 */
export function isLinear(source: string, ignoreCase: boolean): boolean {
  const pattern = new RegExpParser({ ecmaVersion: 2024 }).parsePattern(source);
  const ways = pattern.alternatives.map((alternative) => flatten(alternative.elements));
  if (ways.some((way) => way === null)) return false;
  const all = ways.flatMap((way) => way!);
  return all.length <= maxWays && all.every((way) => isLinearWay(way, ignoreCase));
}

/** One step of a way: a set of characters, and how often it stands there. */
interface Step {
  readonly node: AST.Node;
  readonly isOptional: boolean;
  readonly repeats: boolean;
}

/** Every way through the groups and alternatives. `null`: it has an element that this analysis does not know. */
function flatten(elements: readonly AST.Element[]): Step[][] | null {
  let ways: Step[][] = [[]];
  for (const element of elements) {
    const next = waysOf(element);
    if (next === null || ways.length * next.length > maxWays) return null;
    ways = ways.flatMap((way) => next.map((more) => [...way, ...more]));
  }
  return ways;
}

function waysOf(element: AST.Element): Step[][] | null {
  switch (element.type) {
    case 'Character':
    case 'CharacterSet':
    case 'CharacterClass':
      return [[{ node: element, isOptional: false, repeats: false }]];
    case 'Assertion':
      if (element.kind !== 'start' && element.kind !== 'end') return null;
      return [[{ node: element, isOptional: false, repeats: false }]];
    case 'Group':
    case 'CapturingGroup': {
      const inner = element.alternatives.map((alternative) => flatten(alternative.elements));
      return inner.some((ways) => ways === null) ? null : inner.flatMap((ways) => ways!);
    }
    case 'Quantifier':
      return waysOfQuantifier(element);
    default:
      return null; // a back-reference, or a class of strings
  }
}

function waysOfQuantifier({ element, min, max }: AST.Quantifier): Step[][] | null {
  const isSingle = element.type === 'Character' || element.type === 'CharacterSet' || element.type === 'CharacterClass';
  if (isSingle && max > 1) return [[{ node: element, isOptional: min === 0, repeats: max > 1 }]];
  const inner = max === 1 ? waysOf(element) : null;
  return inner === null ? null : min === 0 ? [[], ...inner] : inner;
}

/**
 * A repetition is exact if the next step cannot begin with one of its characters: there is one place to stop. One
 * repetition may be inexact, if nothing repeats after it: then every place to stop costs the same.
 */
function isLinearWay(way: readonly Step[], ignoreCase: boolean): boolean {
  const repeats = way.filter((step) => step.repeats);
  const first = way[0]?.node;
  const isAnchored = first?.type === 'Assertion' && first.kind === 'start';
  if (!isAnchored) return repeats.length === 0;
  const inexact = way.findIndex((step, index) => step.repeats && !isExact(way, index, ignoreCase));
  return inexact < 0 || !way.slice(inexact + 1).some((step) => step.repeats);
}

function isExact(way: readonly Step[], index: number, ignoreCase: boolean): boolean {
  const own = setOf(way[index]!.node, ignoreCase);
  const following = firstAfter(way, index, ignoreCase);
  return own !== null && following !== null && !overlaps(own, following);
}

/** What may follow a step. `null`: unknown. At the end of the pattern, everything: a match may stop there at once. */
function firstAfter(way: readonly Step[], index: number, ignoreCase: boolean): CharacterSet | null {
  const set = emptySet();
  for (const { node, isOptional } of way.slice(index + 1)) {
    if (node.type === 'Assertion') return node.kind === 'end' ? set : null;
    const own = setOf(node, ignoreCase);
    if (own === null) return null;
    addSet(set, own);
    if (!isOptional) return set;
  }
  return set;
}
