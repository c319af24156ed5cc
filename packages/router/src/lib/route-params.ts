import { type ContextKey, contextKey } from '@windhover/core';

/** The name a segment of a pattern gives to what it matches. */
type NameOf<Segment extends string> = Segment extends `:${infer Name}`
  ? Name
  : Segment extends `*${infer Name}`
    ? Name extends ''
      ? never
      : Name
    : never;

type NamesOf<Pattern extends string> = Pattern extends `${infer Segment}/${infer Rest}`
  ? NameOf<Segment> | NamesOf<Rest>
  : NameOf<Pattern>;

/** The parameters of a pattern: `{ id: string }` for `/users/:id`. Any name for a pattern that is not known when types are checked. */
export type RouteParams<Pattern extends string> = string extends Pattern
  ? Readonly<Record<string, string>>
  : { readonly [Name in NamesOf<Pattern>]: string };

/** The parameters of the route that was taken, for middleware of the route. Not set for a route that has none. */
export const routeParamsKey: ContextKey<Readonly<Record<string, string>>> = contextKey('router.params');
