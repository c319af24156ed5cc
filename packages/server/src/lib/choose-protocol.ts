import type { Connection } from '@windhover/core';
import type { Engine, EngineConnection } from './engine.ts';
import type { Protocol } from './protocol.ts';
import { ProtocolChoice } from './protocol-choice.ts';

/** Serves each connection with the protocol that it speaks. If there is only one protocol, it takes all connections. */
export function chooseProtocol(
  protocols: readonly Protocol[],
  engine: Engine,
): (connection: Connection) => EngineConnection {
  const [only] = protocols;
  if (only !== undefined && protocols.length === 1) return (connection) => only.serve(connection, engine);
  return (connection) => {
    const agreed = connection.info.tls?.alpnProtocol ?? null;
    const named = agreed === null ? undefined : protocols.find(({ alpn }) => alpn.includes(agreed));
    return named === undefined ? new ProtocolChoice(connection, engine, protocols) : named.serve(connection, engine);
  };
}
