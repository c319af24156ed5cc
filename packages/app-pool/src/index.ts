export type { AppDefinition, ReadyProbe } from './lib/app-definition.ts';
export { type AppGateOptions, appGate, type SplashPage, showSplash } from './lib/app-gate.ts';
export { AppHost, type AppHostOptions, type AppLink } from './lib/app-host.ts';
export type { AppSnapshot, AppTarget, AppUse } from './lib/app-snapshot.ts';
export type { AppStatus } from './lib/app-status.ts';
export { type AppTargets, AppView, type AppViewParts } from './lib/app-view.ts';
export { type AppPoolErrorCode, appPoolErrors } from './lib/errors.ts';
export type { TailLine } from './lib/log-tail.ts';
export type { InstanceStage, PoolAction, PoolInstance } from './lib/pool-instance.ts';
export {
  type GivenPoolSettings,
  type PoolSettings,
  type RecycleSettings,
  resolvePoolSettings,
} from './lib/pool-settings.ts';
export { type PoolPhase, PoolState } from './lib/pool-state.ts';
export { findUser, type UserIds } from './lib/user-ids.ts';
