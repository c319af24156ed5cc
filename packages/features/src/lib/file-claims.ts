import { isDeepStrictEqual } from 'node:util';
import type { FileSinkOptions, LogSinks } from '@windhover/access-log';

interface Claim {
  readonly options: FileSinkOptions;
  /** Whether its configuration is in use: a new one may ask for something else. */
  isOld: boolean;
}

/** The places of a configuration that write to a file, so that they cannot ask for different things. */
export class FileClaims {
  private readonly claims = new Map<string, Set<Claim>>();

  /**
   * Claims a file. Returns the name of the option in which another place of the same configuration differs; otherwise
   * the claim. A place that does not say how the file rotates agrees with one that does.
   */
  claim(path: string, options: FileSinkOptions): 'rotate' | 'format' | FileClaim {
    const all = this.claims.get(path) ?? new Set<Claim>();
    for (const other of all) {
      if (other.isOld) continue;
      const differs = options.rotate !== undefined && other.options.rotate !== undefined;
      if (differs && !isDeepStrictEqual(options.rotate, other.options.rotate)) return 'rotate';
      if (options.header !== other.options.header) return 'format';
    }
    const claim: Claim = { options, isOld: false };
    all.add(claim);
    this.claims.set(path, all);
    return {
      options: () => {
        const said = [...all].find((other) => !other.isOld && other.options.rotate !== undefined);
        return { ...options, rotate: options.rotate ?? said?.options.rotate ?? null };
      },
      commit: () => {
        claim.isOld = true;
      },
      release: () => {
        if (all.delete(claim) && all.size === 0 && this.claims.get(path) === all) this.claims.delete(path);
      },
    };
  }
}

const claimsBySinks = new WeakMap<LogSinks, FileClaims>();

/** The claims of all features that write to these sinks. */
export function fileClaimsOf(sinks: LogSinks): FileClaims {
  const claims = claimsBySinks.get(sinks) ?? new FileClaims();
  claimsBySinks.set(sinks, claims);
  return claims;
}

/** The right of one place to write to a file. */
export interface FileClaim {
  /** The options that all places agree on. */
  options(): FileSinkOptions;
  commit(): void;
  release(): void;
}
