/** What a service is made from. Paths are absolute. */
export interface ServiceFacts {
  /** The name of the service: letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  /** The Node that runs the server. */
  readonly node: string;
  /** The program: `main.js`. */
  readonly program: string;
  readonly config: string;
  /** Whether the service belongs to one user and runs while that user is logged in. */
  readonly isOfUser: boolean;
  /** The account that runs it; `null` for one that exists only while it runs, which needs systemd. */
  readonly account: string | null;
}
