import type { InstanceStage } from './pool-instance.ts';
import type { PoolPhase } from './pool-state.ts';

/** What an application is doing, for people. */
export interface AppStatus {
  readonly name: string;
  readonly phase: PoolPhase;
  readonly instances: readonly {
    readonly id: number;
    readonly pid: number | null;
    readonly stage: InstanceStage;
    readonly address: string;
    /** Milliseconds since the epoch. */
    readonly startedAt: number;
    readonly requests: number;
  }[];
  /** How many instances ended that nobody had asked to. */
  readonly failures: number;
  /** What the last failure was; `null`: there was none. */
  readonly lastFailure: string | null;
}
