import type { InstanceStage } from './pool-instance.ts';
import type { PoolPhase } from './pool-state.ts';

/** What an application is doing, for people. */
export interface AppStatus {
  readonly name: string;
  /** `restarting`: it has failed, no instance works, and another attempt follows or is under way. */
  readonly phase: PoolPhase | 'restarting';
  readonly instances: readonly {
    readonly id: number;
    readonly pid: number | null;
    readonly stage: InstanceStage;
    readonly address: string;
    /** Milliseconds since the epoch. */
    readonly startedAt: number;
    readonly requests: number;
  }[];
  /** How many instances ended that nobody had asked to, since it was last started, recycled or changed by somebody. */
  readonly failures: number;
  /** What the last of them was; `null`: there was none. */
  readonly lastFailure: string | null;
}
