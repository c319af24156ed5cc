/** Something of a feature that an administrator may see and change: a group of upstreams, a cache, a list. */
export interface ManagedThing {
  /** What it is: `upstream`, `cache`. A kind of a plugin begins with the plugin's name: `acme.geoip`. */
  readonly kind: string;
  /** How people call it. */
  readonly name: string;
  /**
   * Returns what it is now, as JSON. In a server with several workers each has its own: numbers under a key `counts`
   * are summed, lists under a key `all` are put one behind the other, everything else is taken from one of them;
   * elements of other lists are the same if their `address` or `name` is.
   */
  read(): unknown;
  /**
   * What may be asked for, by name; every worker does it. The arguments are JSON from outside, to be checked. What is
   * thrown is told to the administrator; otherwise the first value that is not `null`, if some have nothing to do.
   */
  readonly actions?: Readonly<Record<string, (args: Readonly<Record<string, unknown>>) => unknown>>;
  /**
   * What administrators have changed, as JSON; `null`: nothing. Workers that start later, and the next configuration, get
   * it by `restore` before their first request.
   */
  saved?(): unknown;
  /** Makes these changes again. What does not exist any more is left out. */
  restore?(saved: unknown): void;
}
