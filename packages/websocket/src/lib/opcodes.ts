/** The opcodes of RFC 6455 §5.2. */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** The opcode of a control frame. */
export type ControlOpcode = 8 | 9 | 10;
