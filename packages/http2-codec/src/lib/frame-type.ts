/** The types of frames (RFC 9113 §6, RFC 9218 §7.1). */
export const DATA = 0;
export const HEADERS = 1;
export const PRIORITY = 2;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PUSH_PROMISE = 5;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;
export const PRIORITY_UPDATE = 16;

export const END_STREAM = 0x01;
export const ACK = 0x01;
export const END_HEADERS = 0x04;
export const PADDED = 0x08;
export const HAS_PRIORITY = 0x20;

export const FRAME_HEAD_BYTES = 9;
/** RFC 9113 §6.5.2; nobody is allowed more here, because larger frames only delay others. */
export const MAX_FRAME_BYTES = 16_384;
export const MAX_WINDOW = 0x7fffffff;
/** RFC 9113 §6.9.2 */
export const INITIAL_WINDOW = 65_535;
