declare const valueType: unique symbol;

/** Names a value that middleware leaves on the context for others. Made by `contextKey`. */
export type ContextKey<T> = symbol & { readonly [valueType]?: T };

/** The key of that name: the same one for every copy of every package, so `contextKey<User>('auth.user')` needs no shared import. */
export function contextKey<T>(name: string): ContextKey<T> {
  return Symbol.for(`windhover.${name}`) as ContextKey<T>;
}
