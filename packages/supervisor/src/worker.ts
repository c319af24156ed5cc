export { SupervisorError, type SupervisorErrorCode } from './lib/errors.ts';
export {
  isSupervised,
  joinSupervisor,
  type StopHandler,
  type StopReason,
  type StopRequest,
  type SupervisedWorker,
} from './lib/join-supervisor.ts';
export type { WorkerLoad } from './lib/worker-report.ts';
