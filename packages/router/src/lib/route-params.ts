import { type ContextKey, contextKey } from '@windhover/core';

/** The parameter name in a segment of a pattern. */
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

/** The parameters of a pattern: `{ id: string }` for `/users/:id`; any name if the pattern is not a literal type. */
export type RouteParams<Pattern extends string> = string extends Pattern
  ? Readonly<Record<string, string>>
  : { readonly [Name in NamesOf<Pattern>]: string };

/** The parameters of the matching route, for its middleware. Not set if the route has none. */
export const routeParamsKey: ContextKey<Readonly<Record<string, string>>> = contextKey('router.params');
