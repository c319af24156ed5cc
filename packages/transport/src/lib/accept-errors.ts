import { readFileSync } from 'node:fs';
import type net from 'node:net';
import { TransportError } from './errors.ts';
import { descriptorOf } from './node-internals.ts';
import { runCallback } from './run-callback.ts';

/** Is called when connections could not be accepted. */
export type AcceptErrorListener = (error: TransportError) => void;

/** At most one report in this time: a process at its limit fails with every new connection. */
const reportEveryMs = 1000;

/**
 * Reports that a server cannot accept connections. When the process has no free descriptor, libuv accepts each waiting
 * connection with a descriptor it keeps in reserve and closes it silently. So we detect the shortage beforehand: the
 * system gives out the lowest free descriptor first, so an accepted socket with the last one means that all are in use.
 *
 * @returns a function to call with each accepted socket
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
  server.on('error', (error) => report(error.message, error)); // without a listener, the error would end the process
  return (accepted) => {
    if ((descriptorOf(accepted) ?? 0) < lastDescriptor) return;
    const advice =
      'Further connections are closed until some are free: raise the limit (ulimit -n, LimitNOFILE=), or limit connections';
    report(`this process has reached its limit of ${lastDescriptor + 1} open files and connections. ${advice}.`);
  };
}

function warn(error: TransportError): void {
  process.emitWarning(error);
}

/** The limit on open files of this process; infinite where the system does not say. */
function maxOpenFiles(): number {
  if (process.platform !== 'linux') return Number.POSITIVE_INFINITY;
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY; // a sandbox may hide /proc; then only the server's own errors are reported
  }
}
