import type { Http2ErrorCode } from './errors.ts';
import { readUint32 } from './frame-head.ts';
import { INITIAL_WINDOW, MAX_WINDOW } from './frame-type.ts';

/** The settings (RFC 9113 §6.5.2, RFC 8441 §3, RFC 9218 §2.1). */
export const HEADER_TABLE_SIZE = 1;
export const ENABLE_PUSH = 2;
export const MAX_CONCURRENT_STREAMS = 3;
export const INITIAL_WINDOW_SIZE = 4;
export const MAX_FRAME_SIZE = 5;
export const MAX_HEADER_LIST_SIZE = 6;
export const ENABLE_CONNECT_PROTOCOL = 8;
export const NO_RFC7540_PRIORITIES = 9;

export const SETTING_BYTES = 6;
const LEAST_FRAME_SIZE = 16_384;
const LARGEST_FRAME_SIZE = 16_777_215;

/** What the peer has announced. */
export class PeerSettings {
  headerTableBytes = 4096;
  /** The smallest size in the last frame, which an encoder must follow too (RFC 7541 §4.2). */
  smallestTableBytes = 4096;
  /** RFC 9113 has no limit here; until the first SETTINGS the usual one holds. */
  maxConcurrentStreams = 100;
  initialWindowBytes = INITIAL_WINDOW;
  /** -1: not announced. */
  maxHeaderListBytes = -1;
  hasExtendedConnect = false;
  readonly #isServer: boolean;

  /** `isServer`: whether the peer is one. */
  constructor(isServer: boolean) {
    this.#isServer = isServer;
  }

  /** Takes the settings of a whole frame; returns the violation of the first one that is not allowed, else null. */
  read(bytes: Uint8Array, start: number, stop: number): Http2ErrorCode | null {
    this.smallestTableBytes = Number.POSITIVE_INFINITY;
    for (let at = start; at < stop; at += SETTING_BYTES) {
      const violation = this.#set((bytes[at]! << 8) | bytes[at + 1]!, readUint32(bytes, at + 2));
      if (violation !== null) return violation;
    }
    return null;
  }

  #set(setting: number, value: number): Http2ErrorCode | null {
    switch (setting) {
      case HEADER_TABLE_SIZE:
        this.headerTableBytes = value;
        this.smallestTableBytes = Math.min(this.smallestTableBytes, value);
        return null;
      case ENABLE_PUSH:
        return value > (this.#isServer ? 0 : 1) ? 'HTTP2_BAD_SETTING' : null;
      case MAX_CONCURRENT_STREAMS:
        this.maxConcurrentStreams = value;
        return null;
      case INITIAL_WINDOW_SIZE:
        if (value > MAX_WINDOW) return 'HTTP2_BAD_WINDOW_SETTING';
        this.initialWindowBytes = value;
        return null;
      case MAX_FRAME_SIZE: // ours are never larger than the least
        return value < LEAST_FRAME_SIZE || value > LARGEST_FRAME_SIZE ? 'HTTP2_BAD_SETTING' : null;
      case MAX_HEADER_LIST_SIZE:
        this.maxHeaderListBytes = value;
        return null;
      case ENABLE_CONNECT_PROTOCOL:
        // RFC 8441 §3: it is not taken back.
        if (value > 1 || (value === 0 && this.hasExtendedConnect)) return 'HTTP2_BAD_SETTING';
        this.hasExtendedConnect = value === 1;
        return null;
      case NO_RFC7540_PRIORITIES:
        return value > 1 ? 'HTTP2_BAD_SETTING' : null;
      default:
        return null;
    }
  }
}
