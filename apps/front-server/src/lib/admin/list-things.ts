import type { ReadThing } from '../managed-things.ts';
import { mergeThings } from '../merge-things.ts';
import type { AdminHost } from './admin-host.ts';
import { valuesOf } from './merge-answers.ts';

/** The things of all processes as one list. */
export async function listThings(host: Pick<AdminHost, 'askAll'>): Promise<readonly ReadThing[]> {
  return mergeThings(valuesOf<readonly ReadThing[]>(await host.askAll({ ask: 'things' })));
}
