declare const valueType: unique symbol;

/**
 * A kind of resource that the top level of a configuration defines once and features refer to by name: `upstreams`,
 * `stores`, `users`. Two kinds with the same key are the same kind, so packages need no shared import.
 */
export interface ResourceKind<T> {
  /** The key at the top level. */
  readonly key: string;
  /** The term for one of them in messages: `an upstream`. */
  readonly noun: string;
  readonly [valueType]?: T;
}
