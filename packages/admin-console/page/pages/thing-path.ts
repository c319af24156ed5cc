import type { ApiThing } from '@windhover/admin';

/** Where an action of a thing is asked for. */
export function thingPath({ kind, name }: Pick<ApiThing, 'kind' | 'name'>, action: string): string {
  return `/things/${[kind, name, action].map(encodeURIComponent).join('/')}`;
}
