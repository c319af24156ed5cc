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
  /** Folders outside of its own that it must be able to write to, for its logs. */
  readonly writes: readonly string[];
  /** Ports and files that systemd opens for it. */
  readonly sockets: readonly ServiceSocket[];
}

/** A socket that systemd opens before the server runs. */
export interface ServiceSocket {
  /** The port or the file: the name under which the server finds it. */
  readonly name: string;
  /** As in `ListenStream=`. */
  readonly listen: string;
  /** The permissions of a file, in octal digits; `null`: 666, as files of sockets have in systemd. */
  readonly mode: string | null;
}
