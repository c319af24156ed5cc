/** Every error code that this package throws, with the status that the client gets and the message. */
export const coreErrors = {
  CORE_TARGET_INVALID: { status: 400, message: 'The request target is not valid' },
  CORE_HOST_INVALID: { status: 400, message: 'The Host header is not valid' },
  CORE_HOST_MISMATCH: { status: 400, message: 'The host of the request target differs from the Host header' },
  CORE_BODY_TOO_LARGE: { status: 413, message: 'The request body is larger than allowed' },
  CORE_BODY_NOT_JSON: { status: 400, message: 'The request body is not valid JSON' },
  CORE_BODY_ALREADY_READ: { status: 500, message: 'The request body was already read' },
  CORE_BODY_LIMIT_INVALID: { status: 500, message: 'maxBytes is a number of bytes, or null' },
  CORE_BODY_LIMIT_LATE: { status: 500, message: 'maxBytes was set after the first read of the request body' },
  CORE_HEADER_INVALID: { status: 500, message: 'The header cannot be sent' },
  CORE_HEADER_FRAMING: { status: 500, message: 'The server alone writes framing and hop-by-hop headers' },
  CORE_BODY_LENGTH_INVALID: { status: 500, message: 'The length of a body is a whole number of bytes' },
  CORE_CHUNK_INVALID: { status: 500, message: 'A body may yield text and Uint8Arrays only' },
  CORE_CLIENT_ALREADY_SET: { status: 500, message: 'The client identity was set before' },
  CORE_FORK_UPGRADE: { status: 500, message: 'A fork has no connection that could become a tunnel' },
  CORE_INFORM_INVALID: { status: 500, message: 'inform() takes a status from 100 to 199, but 101' },
} as const;

/** A code of this package's errors. */
export type CoreErrorCode = keyof typeof coreErrors;
