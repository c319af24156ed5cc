import { writeUint32 } from './frame-head.ts';
import { INITIAL_WINDOW } from './frame-type.ts';
import type { Http2Limits } from './limits.ts';
import {
  ENABLE_CONNECT_PROTOCOL,
  ENABLE_PUSH,
  HEADER_TABLE_SIZE,
  INITIAL_WINDOW_SIZE,
  MAX_CONCURRENT_STREAMS,
  MAX_HEADER_LIST_SIZE,
  NO_RFC7540_PRIORITIES,
  SETTING_BYTES,
} from './peer-settings.ts';

const DEFAULT_TABLE_BYTES = 4096;

/** The payload of the first SETTINGS: what differs from the defaults of the protocol. */
export function initialSettings(isServer: boolean, limits: Http2Limits, hasExtendedConnect: boolean): Uint8Array {
  const settings: (readonly [setting: number, value: number])[] = [];
  if (limits.headerTableBytes !== DEFAULT_TABLE_BYTES) settings.push([HEADER_TABLE_SIZE, limits.headerTableBytes]);
  if (!isServer) settings.push([ENABLE_PUSH, 0]);
  if (isServer) settings.push([MAX_CONCURRENT_STREAMS, limits.maxConcurrentStreams]);
  if (limits.streamWindowBytes !== INITIAL_WINDOW) settings.push([INITIAL_WINDOW_SIZE, limits.streamWindowBytes]);
  settings.push([MAX_HEADER_LIST_SIZE, limits.maxHeaderListBytes]);
  if (isServer && hasExtendedConnect) settings.push([ENABLE_CONNECT_PROTOCOL, 1]);
  if (isServer) settings.push([NO_RFC7540_PRIORITIES, 1]);

  const payload = new Uint8Array(settings.length * SETTING_BYTES);
  for (const [index, [setting, value]] of settings.entries()) {
    const at = index * SETTING_BYTES;
    payload[at + 1] = setting;
    writeUint32(payload, at + 2, value);
  }
  return payload;
}
