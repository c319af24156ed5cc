import { type Clock, type Connection, type Handler, type HttpContext, systemClock } from '@windhover/core';
import { createTimerWheel } from '@windhover/transport';
import { consoleLogger } from './console-logger.ts';
import { DateLine } from './date-line.ts';
import { publishProtocolError } from './diagnostics.ts';
import type { Engine } from './engine.ts';
import { http2LimitsOf } from './http2-limits.ts';
import { resolveLimits } from './limits.ts';
import { ParserPool } from './parser-pool.ts';
import { ProtocolErrorLog } from './protocol-error-log.ts';
import { safeLogger } from './safe-logger.ts';
import type { ServerOptions } from './server-options.ts';
import { WriteBatch } from './write-batch.ts';

/** The engine that the connections of a server share, its clock, and the function that closes it. */
export interface CreatedEngine {
  readonly engine: Engine;
  readonly clock: Clock;
  close(): void;
}

/** Makes the engine of a server from checked options. Throws `SERVER_LIMIT_INVALID`. */
export function createEngine(handler: Handler<HttpContext>, options: ServerOptions): CreatedEngine {
  const clock = options.clock ?? systemClock;
  const log = safeLogger(options.log ?? consoleLogger);
  const wheel = options.wheel ?? createTimerWheel({ clock });
  const protocolErrors = new ProtocolErrorLog(log, wheel);
  const { onProtocolError = (error) => protocolErrors.add(error) } = options;
  const limits = resolveLimits(options.limits);
  const tunnels = new Map<Connection, number>();
  const engine: Engine = {
    handler,
    limits,
    http2Limits: http2LimitsOf(limits),
    parsers: new ParserPool(limits),
    log,
    wheel,
    writes: new WriteBatch(wheel),
    date: new DateLine(),
    halfClose: options.halfClose ?? 'abort',
    connections: new Set(),
    tunnels,
    forgetTunnel: (connection) => void tunnels.delete(connection),
    drainIdleMs: null,
    onLateTunnel: () => undefined,
    surplus: 0,
    onProtocolError: (error) => publishProtocolError(error, onProtocolError, log),
  };
  return { engine, clock, close: () => protocolErrors.close() };
}
