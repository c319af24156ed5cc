import type { AppLimits } from './control-groups.ts';
import type { PoolSettings } from './pool-settings.ts';

/** How it is found out that an instance serves. */
export interface ReadyProbe {
  /** This path must be answered with a status below 500; `null`: a connection must be accepted. */
  readonly path: string | null;
  /** Whether the program says it first: it writes a line to the file descriptor in `WINDHOVER_READY_FD`, as in s6. */
  readonly notice: boolean;
}

/** An application: what is run, and by which rules. JSON can express all of it. */
export interface AppDefinition {
  readonly name: string;
  /** The program and its arguments; `{port}` and `{socket}` in them are replaced. */
  readonly command: readonly string[];
  /** Its absolute working folder. */
  readonly cwd: string;
  /** Variables beside those of the server; `{port}` and `{socket}` in them are replaced too. */
  readonly env: Readonly<Record<string, string>>;
  /** Where it listens: on a free port of 127.0.0.1, or on a Unix socket. */
  readonly listen: 'port' | 'socket';
  readonly ready: ReadyProbe;
  /** Paths that are requested before an instance gets requests of clients. */
  readonly warmUp: readonly string[];
  /** The Host field of these requests, and of probes; `null`: `localhost`. */
  readonly host: string | null;
  /** How often an instance must answer the probe; one that does not within `timeoutMs` is killed. `null`: it is not asked. */
  readonly ping: { readonly everyMs: number; readonly timeoutMs: number } | null;
  /** The user and group of its processes; `null`: those of the server. */
  readonly user: string | null;
  readonly group: string | null;
  /** What an instance may use; `null`: any amount. */
  readonly limits: AppLimits | null;
  readonly settings: PoolSettings;
}
