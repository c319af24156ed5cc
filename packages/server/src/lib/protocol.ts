import type { Connection } from '@windhover/core';
import type { Engine, EngineConnection } from './engine.ts';

/** What a server speaks on a connection. */
export interface Protocol {
  readonly name: string;
  /** Its names in ALPN. */
  readonly alpn: readonly string[];
  /** Whether a client that begins with these bytes speaks it; `null`: the next ones will tell. Asked where ALPN has not decided. */
  matches(firstBytes: Uint8Array): boolean | null;
  /** Takes the connection, which begins with its first byte. */
  serve(connection: Connection, engine: Engine): EngineConnection;
}
