import { type BroadcastOptions, broadcast } from './broadcast.ts';
import type { WebSocketConnection } from './websocket-connection.ts';

/** Groups of connections, by name. A connection leaves its rooms when it closes, and an empty room takes no memory. */
export interface Rooms {
  join(room: string, socket: WebSocketConnection): void;
  leave(room: string, socket: WebSocketConnection): void;
  /** The connections in a room. */
  of(room: string): ReadonlySet<WebSocketConnection>;
  /** Sends a message to all connections in a room; see the function `broadcast`. */
  broadcast(room: string, data: string | Uint8Array, options?: BroadcastOptions): void;
}

const nobody: ReadonlySet<WebSocketConnection> = new Set();

/** Creates groups of connections of this process. */
export function createRooms(): Rooms {
  const rooms = new Map<string, Set<WebSocketConnection>>();
  const memberships = new WeakMap<WebSocketConnection, Set<string>>();

  function leave(room: string, socket: WebSocketConnection): void {
    const members = rooms.get(room);
    members?.delete(socket);
    memberships.get(socket)?.delete(room);
    if (members?.size === 0) rooms.delete(room);
  }

  function membershipsOf(socket: WebSocketConnection): Set<string> {
    let names = memberships.get(socket);
    if (names === undefined) {
      const joined = new Set<string>();
      names = joined;
      memberships.set(socket, joined);
      socket.addEventListener('close', () => {
        for (const room of [...joined]) leave(room, socket);
      });
    }
    return names;
  }

  return {
    join(room, socket) {
      if (socket.readyState === 3) return;
      let members = rooms.get(room);
      if (members === undefined) {
        members = new Set();
        rooms.set(room, members);
      }
      members.add(socket);
      membershipsOf(socket).add(room);
    },
    leave,
    of: (room) => rooms.get(room) ?? nobody,
    broadcast: (room, data, options) => broadcast(rooms.get(room) ?? nobody, data, options),
  };
}
