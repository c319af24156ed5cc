export type {
  AdminConfig,
  AdminConnections,
  AdminDeployments,
  AdminEventListener,
  AdminEvents,
  AdminLog,
  AdminPools,
  AdminRequests,
  AdminStats,
  AdminTarget,
  AdminThings,
  AdminTraces,
  ConfigChange,
  ExplainQuestion,
  LogQuery,
} from './lib/admin-target.ts';
export type * from './lib/api-types.ts';
export type { AuditSink } from './lib/audit-log.ts';
export { type ConfigFile, type ConfigFileOptions, createConfigFile } from './lib/config-file/create-config-file.ts';
export { unifiedDiff } from './lib/config-file/unified-diff.ts';
export { ConfigRefused } from './lib/config-refused.ts';
export { type AdminHandler, type AdminOptions, createAdminHandler } from './lib/create-admin-handler.ts';
export {
  createDeployments,
  type DeploymentFolder,
  type DeploymentOptions,
} from './lib/deployments/create-deployments.ts';
export { type AdminErrorCode, adminError, adminErrors } from './lib/errors.ts';
export { LogRing } from './lib/log/log-ring.ts';
export { toLogLine } from './lib/log/to-log-line.ts';
export type { AdminUsers } from './lib/login/login.ts';
export { type AdminToken, createToken } from './lib/login/tokens.ts';
export { adminRoles, roleAllows } from './lib/roles.ts';
export { StatsRing } from './lib/stats/stats-ring.ts';
export { type CountsByProcess, type ProcessCounts, quantile, toSample } from './lib/stats/to-sample.ts';
