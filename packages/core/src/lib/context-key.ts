declare const valueType: unique symbol;

/** Names a value that a middleware stores on the context for others. Made by `contextKey`. */
export type ContextKey<T> = symbol & { readonly [valueType]?: T };

/**
 * Returns the key with that name. Every copy of every package gets the same key, so `contextKey<User>('auth.user')`
 * needs no shared import.
 */
export function contextKey<T>(name: string): ContextKey<T> {
  return Symbol.for(`windhover.${name}`) as ContextKey<T>;
}
