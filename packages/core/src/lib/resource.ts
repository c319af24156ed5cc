declare const valueType: unique symbol;

/**
 * Names what the top level of a configuration defines once and features refer to: `upstreams`, `stores`, `users`. Two kinds with one key are the
 * same, so packages need no shared import.
 */
export interface ResourceKind<T> {
  /** The key at the top level. */
  readonly key: string;
  /** One of them, for messages: `an upstream`. */
  readonly noun: string;
  readonly [valueType]?: T;
}
