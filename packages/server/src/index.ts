export { createServer, type Server } from './lib/create-server.ts';
export type {
  ConnectionMessage,
  ProtocolErrorMessage,
  RequestEndedMessage,
  RequestStartedMessage,
} from './lib/diagnostics.ts';
export type { ProtocolError } from './lib/engine.ts';
export { ServerError, type ServerErrorCode, serverErrors } from './lib/errors.ts';
export { defaultServerLimits, type ServerLimits } from './lib/limits.ts';
export type { OpenConnection } from './lib/list-connections.ts';
export type { RequestUnderWay } from './lib/request-under-way.ts';
export type { ServerListenOptions } from './lib/server-listen-options.ts';
export type { ServerOptions } from './lib/server-options.ts';
export type { CloseOptions } from './lib/stop-server.ts';
