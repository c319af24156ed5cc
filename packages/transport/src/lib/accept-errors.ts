import { readFileSync } from 'node:fs';
import type net from 'node:net';
import { TransportError } from './errors.ts';
import { descriptorOf } from './node-internals.ts';
import { runCallback } from './run-callback.ts';

/** Hears that connections could not be accepted. */
export type AcceptErrorListener = (error: TransportError) => void;

/** One report in this time: whoever is in that trouble has it with each connection. */
const reportEveryMs = 1000;

/**
 * Reports that a server cannot accept. When no descriptor is left, libuv accepts what waits and closes it, by a descriptor kept for that,
 * and says nothing. So the trouble is known beforehand: descriptors are given out lowest first, and the last one means all are taken.
 *
 * @returns what has to be asked about each accepted socket
 */
export function watchAccepting(
  server: net.Server,
  listener: AcceptErrorListener = warn,
): (accepted: net.Socket) => void {
  const lastDescriptor = maxOpenFiles() - 1;
  let reportedAt = Number.NEGATIVE_INFINITY;
  const report = (detail: string, cause?: Error): void => {
    const now = performance.now();
    if (now - reportedAt < reportEveryMs) return;
    reportedAt = now;
    runCallback(listener, new TransportError('TRANSPORT_ACCEPT_FAILED', detail, cause));
  };
  server.on('error', (error) => report(error.message, error)); // without a listener it would end the process
  return (accepted) => {
    if ((descriptorOf(accepted) ?? 0) < lastDescriptor) return;
    const advice =
      'Further ones are closed until some are free: raise the limit (ulimit -n, LimitNOFILE=), or limit connections';
    report(`this process has as many files and connections open as it may, ${lastDescriptor + 1}. ${advice}.`);
  };
}

function warn(error: TransportError): void {
  process.emitWarning(error);
}

/** The limit of this process; infinite where the system does not tell. */
function maxOpenFiles(): number {
  if (process.platform !== 'linux') return Number.POSITIVE_INFINITY;
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY; // a sandbox may hide /proc; then only errors of the server are reported
  }
}
