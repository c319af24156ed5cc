import type { Connection } from '@windhover/core';

/** The exchange of a tunnel, as its end needs it. */
export interface TunnelExchange {
  readonly hasSentListeners: boolean;
  tunnelEnded(error: Error | undefined): void;
}

/**
 * Calls `forget` and reports the end of the exchange when its tunnel ends. Without a listener, only code that still holds
 * the exchange could hear of the end, so the tunnel does not keep it: its request and headers are several kilobytes, and
 * a WebSocket may last for days. Each closure is made in a function of its own, because closures of one function keep
 * alive what any of them uses.
 */
export function whenTunnelEnds(
  channel: Connection,
  exchange: TunnelExchange,
  forget: (channel: Connection) => void,
): void {
  const report = exchange.hasSentListeners ? keep(exchange) : reportIfHeld(new WeakRef(exchange));
  onEnd(channel, report, forget);
}

function onEnd(
  channel: Connection,
  report: (error: Error | undefined) => void,
  forget: (channel: Connection) => void,
): void {
  channel.onClosed((error) => {
    forget(channel);
    report(error);
  });
}

function keep(exchange: TunnelExchange): (error: Error | undefined) => void {
  return (error) => exchange.tunnelEnded(error);
}

function reportIfHeld(exchange: WeakRef<TunnelExchange>): (error: Error | undefined) => void {
  return (error) => exchange.deref()?.tunnelEnded(error);
}
