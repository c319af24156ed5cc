import type { PlacedThing } from '@windhover/config';

/** A thing as it is now. */
export interface ReadThing {
  readonly kind: string;
  readonly name: string;
  /** Where it stands in the configuration. */
  readonly place: string;
  readonly state: unknown;
  readonly actions: readonly string[];
}

/** Something to be done to a thing. */
export interface ThingAction {
  readonly kind: string;
  readonly name: string;
  readonly action: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Reads all things. One that cannot be read says why as its state. */
export function readThings(managed: readonly PlacedThing[]): readonly ReadThing[] {
  return managed.map(({ thing, place }) => ({
    kind: thing.kind,
    name: thing.name,
    place,
    state: readState(thing),
    actions: Object.keys(thing.actions ?? {}),
  }));
}

/** Does it. Throws for a thing or an action that does not exist, and what the thing finds wrong. */
export async function actOnThing(
  managed: readonly PlacedThing[],
  { kind, name, action, args }: ThingAction,
): Promise<unknown> {
  const found = managed.filter(({ thing }) => thing.kind === kind && thing.name === name);
  if (found.length === 0) throw new Error(`There is no ${kind} ${JSON.stringify(name)}`);
  const results: unknown[] = [];
  for (const { thing } of found) {
    const act = Object.hasOwn(thing.actions ?? {}, action) ? thing.actions![action]! : null;
    if (act === null) throw new Error(`The ${kind} ${JSON.stringify(name)} has no action ${JSON.stringify(action)}`);
    results.push((await act(args)) ?? null);
  }
  return results[0];
}

function readState(thing: PlacedThing['thing']): unknown {
  try {
    return thing.read();
  } catch (error) {
    return { error: (error as Error).message };
  }
}
