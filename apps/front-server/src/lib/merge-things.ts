import type { ReadThing } from './managed-things.ts';

type Json = Readonly<Record<string, unknown>>;

/** Makes one list of those of several workers: numbers under `counts` are summed, lists under `all` are joined, the rest is the first worker's. */
export function mergeThings(ofWorkers: readonly (readonly ReadThing[])[]): readonly ReadThing[] {
  const merged = new Map<string, ReadThing>();
  for (const thing of ofWorkers.flat()) {
    const key = JSON.stringify([thing.kind, thing.name, thing.place]);
    const before = merged.get(key);
    merged.set(key, before === undefined ? thing : { ...before, state: mergeStates(before.state, thing.state) });
  }
  return [...merged.values()];
}

function mergeStates(one: unknown, other: unknown): unknown {
  if (Array.isArray(one) && Array.isArray(other)) return mergeLists(one, other);
  if (!isObject(one) || !isObject(other)) return one;
  return Object.fromEntries(Object.entries(one).map(([key, value]) => [key, mergeValues(key, value, other[key])]));
}

function mergeValues(key: string, one: unknown, other: unknown): unknown {
  if (key === 'counts') return sumCounts(one, other);
  if (key === 'all' && Array.isArray(one) && Array.isArray(other)) return [...one, ...other];
  return mergeStates(one, other);
}

/** Elements are the same if their `address` or `name` is; those without either are the first worker's. */
function mergeLists(one: readonly unknown[], other: readonly unknown[]): readonly unknown[] {
  const byName = new Map(other.map((each) => [nameOf(each), each]));
  byName.delete(undefined);
  return one.map((each) => mergeStates(each, byName.get(nameOf(each))));
}

function sumCounts(one: unknown, other: unknown): unknown {
  if (!isObject(one) || !isObject(other)) return one;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...names].map((name) => [name, Number(one[name] ?? 0) + Number(other[name] ?? 0)]));
}

function nameOf(value: unknown): unknown {
  return isObject(value) ? (value['address'] ?? value['name']) : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
