import { HttpError } from '@windhover/core';

/** Every code of this package: `status` for a refused handshake, `closeCode` for a connection that is closed (RFC 6455 §7.4.1). */
export const websocketErrors = {
  WEBSOCKET_OPTION_INVALID: { status: 500, message: 'An option is not valid' },
  WEBSOCKET_UPGRADE_REQUIRED: { status: 426, message: 'Only WebSocket is spoken at this address' },
  WEBSOCKET_HANDSHAKE_INVALID: { status: 400, message: 'The WebSocket handshake is not valid' },
  WEBSOCKET_VERSION_UNKNOWN: { status: 426, message: 'Only version 13 of WebSocket is spoken here' },
  WEBSOCKET_ORIGIN_REFUSED: { status: 403, message: 'Pages of this origin may not connect' },
  WEBSOCKET_STOPPED: { status: 503, message: 'No more WebSocket connections are made here' },
  WEBSOCKET_CONNECT_FAILED: { message: 'The WebSocket connection could not be made' },
  WEBSOCKET_RESERVED_BIT: { closeCode: 1002, message: 'A frame has a reserved bit that means nothing here' },
  WEBSOCKET_OPCODE_UNKNOWN: { closeCode: 1002, message: 'A frame has an opcode that does not exist' },
  WEBSOCKET_MASK_MISSING: { closeCode: 1002, message: 'A frame of the client is not masked' },
  WEBSOCKET_MASK_UNEXPECTED: { closeCode: 1002, message: 'A frame of the server is masked' },
  WEBSOCKET_CONTROL_FRAME_INVALID: {
    closeCode: 1002,
    message: 'A control frame is fragmented or longer than 125 bytes',
  },
  WEBSOCKET_FRAGMENT_UNEXPECTED: { closeCode: 1002, message: 'A fragment does not belong to the message under way' },
  WEBSOCKET_LENGTH_INVALID: { closeCode: 1002, message: 'The length of a frame is not in its shortest form' },
  WEBSOCKET_CLOSE_FRAME_INVALID: { closeCode: 1002, message: 'The code of a close frame may not be sent' },
  WEBSOCKET_TEXT_INVALID: { closeCode: 1007, message: 'A text is not valid UTF-8' },
  WEBSOCKET_DEFLATE_INVALID: { closeCode: 1007, message: 'A compressed message cannot be decompressed' },
  WEBSOCKET_MESSAGE_TOO_LARGE: { closeCode: 1009, message: 'A message is larger than allowed' },
  WEBSOCKET_TOO_MANY_FRAGMENTS: { closeCode: 1008, message: 'A message has more fragments than allowed' },
  WEBSOCKET_TOO_MANY_PINGS: { closeCode: 1008, message: 'The peer sends more pings than allowed' },
  WEBSOCKET_SLOW_CONSUMER: { closeCode: 1008, message: 'The peer reads too slowly for what is sent to it' },
  WEBSOCKET_PEER_SILENT: { closeCode: 1001, message: 'The peer did not answer a ping' },
  WEBSOCKET_IDLE: { closeCode: 1001, message: 'No message was exchanged for too long' },
  WEBSOCKET_TOO_OLD: { closeCode: 1001, message: 'The connection has reached its maximum age' },
  WEBSOCKET_GOING_AWAY: { closeCode: 1001, message: 'The server stops' },
  WEBSOCKET_CLOSE_TIMEOUT: { closeCode: 1006, message: 'The peer did not complete the closing handshake in time' },
  WEBSOCKET_CONNECTION_LOST: { closeCode: 1006, message: 'The connection ended without a closing handshake' },
} as const satisfies Record<
  string,
  { readonly status?: number; readonly closeCode?: number; readonly message: string }
>;

/** An error code of this package. */
export type WebSocketErrorCode = keyof typeof websocketErrors;

/** The reason why a WebSocket connection failed or could not be made. */
export class WebSocketError extends Error {
  /** The stable name of the failure. The code is part of the API, the message is not. */
  readonly code: WebSocketErrorCode;
  /** The code that the peer is sent in the close frame; 1006 if there is none (RFC 6455 §7.4.1). */
  readonly closeCode: number;

  constructor(code: WebSocketErrorCode, detail = '', cause?: unknown) {
    const entry: { readonly closeCode?: number; readonly message: string } = websocketErrors[code];
    super(detail === '' ? entry.message : `${entry.message}: ${detail}`, cause === undefined ? undefined : { cause });
    this.name = 'WebSocketError';
    this.code = code;
    this.closeCode = entry.closeCode ?? 1006;
  }
}

/** Creates `WEBSOCKET_OPTION_INVALID` for a fault in the options of a function. */
export function optionError(fault: string): HttpError {
  const { status, message } = websocketErrors.WEBSOCKET_OPTION_INVALID;
  return new HttpError(status, 'WEBSOCKET_OPTION_INVALID', `${message}: ${fault}`);
}
