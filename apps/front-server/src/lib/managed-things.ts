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

/** What became of it. It goes from one process to another, so that a refusal is no error. */
export type ActionResult =
  | { readonly is: 'done'; readonly value: unknown; readonly saved: unknown }
  /** `unknown`: there is no such thing or action. `refused`: the thing says what is wrong. */
  | { readonly is: 'unknown' | 'refused'; readonly message: string };

/** What administrators have changed of the things of a server, by kind and name. */
export type SavedChanges = Readonly<Record<string, unknown>>;

/** Reads all things. One that cannot be read says why as its state. */
export function readThings(managed: readonly PlacedThing[]): readonly ReadThing[] {
  return managed.map(({ thing, name, place }) => ({
    kind: thing.kind,
    name,
    place,
    state: readState(thing),
    actions: Object.keys(thing.actions ?? {}),
  }));
}

/** Does it, if there is such a thing. */
export async function actOnThing(
  managed: readonly PlacedThing[],
  { kind, name, action, args }: ThingAction,
): Promise<ActionResult> {
  const thing = managed.find((each) => each.thing.kind === kind && each.name === name)?.thing;
  if (thing === undefined) return { is: 'unknown', message: `There is no ${kind} ${JSON.stringify(name)}` };
  const act = Object.hasOwn(thing.actions ?? {}, action) ? thing.actions![action]! : null;
  if (act === null) {
    const actions = Object.keys(thing.actions ?? {}).join(', ') || 'none';
    return { is: 'unknown', message: `The ${kind} ${JSON.stringify(name)} has the actions: ${actions}` };
  }
  try {
    const value = (await act(args)) ?? null;
    return { is: 'done', value, saved: thing.saved?.() ?? null };
  } catch (error) {
    return { is: 'refused', message: (error as Error).message };
  }
}

/** The key of a thing in `SavedChanges`. */
export function savedKey({ kind, name }: Pick<ThingAction, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}

/** Makes the changes of administrators in a configuration that is not in use yet. What it cannot take is left out. */
export function restoreThings(managed: readonly PlacedThing[], saved: SavedChanges): void {
  for (const { thing, name } of managed) {
    const key = savedKey({ kind: thing.kind, name });
    if (!Object.hasOwn(saved, key)) continue;
    try {
      thing.restore?.(saved[key]);
    } catch {
      // it was changed in another way than this configuration allows
    }
  }
}

function readState(thing: PlacedThing['thing']): unknown {
  try {
    return thing.read();
  } catch (error) {
    return { error: (error as Error).message };
  }
}
