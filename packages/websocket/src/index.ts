export { asksForWebSocket } from './lib/asks-for-web-socket.ts';
export { type AttachedWebSocket, type AttachWebSocketOptions, attachWebSocket } from './lib/attach-web-socket.ts';
export { type BroadcastOptions, broadcast } from './lib/broadcast.ts';
export { type ConnectWebSocketOptions, connectWebSocket } from './lib/connect-web-socket.ts';
export { isAllowedOrigin } from './lib/decide-handshake.ts';
export { WebSocketError, type WebSocketErrorCode, websocketErrors } from './lib/errors.ts';
export { createRooms, type Rooms } from './lib/rooms.ts';
export type { TunnelLimits, TunnelObserver } from './lib/watched-tunnel.ts';
export { type WebSocketHandler, type WebSocketListener, webSocket } from './lib/web-socket.ts';
export { type WebSocketLimitsOptions, webSocketLimits } from './lib/web-socket-limits.ts';
export type {
  WebSocketCloseEvent,
  WebSocketConnection,
  WebSocketControlEvent,
  WebSocketData,
  WebSocketDrainEvent,
  WebSocketErrorEvent,
  WebSocketEvents,
  WebSocketMessageEvent,
} from './lib/websocket-connection.ts';
export type { DeflateOptions, WebSocketLimits, WebSocketOptions, WebSocketOrigins } from './lib/websocket-options.ts';
