import type { Connection } from '@windhover/core';
import type { Engine, EngineConnection } from './engine.ts';

/** A protocol that a server speaks on a connection. */
export interface Protocol {
  readonly name: string;
  /** Its names in ALPN. */
  readonly alpn: readonly string[];
  /**
   * Whether a client that begins with these bytes speaks the protocol; `null` if more bytes are needed. Called if ALPN
   * has not decided.
   */
  matches(firstBytes: Uint8Array): boolean | null;
  /** Serves the connection, starting with its first byte. */
  serve(connection: Connection, engine: Engine): EngineConnection;
}
