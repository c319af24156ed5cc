import type { Connection } from '@windhover/core';
import type { Engine, EngineConnection } from './engine.ts';
import type { Protocol } from './protocol.ts';
import { ProtocolChoice } from './protocol-choice.ts';

/** How a server chooses the protocol of a connection. */
export type ChooseProtocol = (connection: Connection, looksAtPreface: boolean) => EngineConnection;

/**
 * Serves each connection with the protocol that it speaks: the one that TLS has agreed on, or the one of its first bytes
 * where its listener looks at them; otherwise the last one.
 */
export function chooseProtocol(protocols: readonly Protocol[], engine: Engine): ChooseProtocol {
  const last = protocols.at(-1)!;
  return (connection, looksAtPreface) => {
    const agreed = connection.info.tls?.alpnProtocol ?? null;
    const named = agreed === null ? undefined : protocols.find(({ alpn }) => alpn.includes(agreed));
    if (named !== undefined) return named.serve(connection, engine);
    return looksAtPreface ? new ProtocolChoice(connection, engine, protocols) : last.serve(connection, engine);
  };
}
