import { ACK, INITIAL_WINDOW, MAX_WINDOW, SETTINGS } from './frame-type.ts';
import type { Http2Core } from './http2-core.ts';
import { SETTING_BYTES } from './peer-settings.ts';
import { windowOpened } from './send-data.ts';

/** What they cost of the budget: they may change the window of each stream, and are answered. */
const SETTINGS_COST = 5;
const ACK_COST = 1;
const noBytes = new Uint8Array(0);

/** Takes SETTINGS (RFC 9113 §6.5), or the peer's acknowledgement of ours. */
export function receiveSettings(
  core: Http2Core,
  flags: number,
  id: number,
  bytes: Uint8Array,
  start: number,
  stop: number,
): void {
  if (id !== 0) {
    core.fail('HTTP2_BAD_STREAM_ID');
    return;
  }
  const length = stop - start;
  if ((flags & ACK) !== 0) {
    if (length !== 0) {
      core.fail('HTTP2_BAD_FRAME_LENGTH');
      return;
    }
    if (core.isSettingsAcknowledged) core.spendControl(ACK_COST);
    else settingsAcknowledged(core);
    return;
  }
  if (length % SETTING_BYTES !== 0) {
    core.fail('HTTP2_BAD_FRAME_LENGTH');
    return;
  }
  if (!core.spendControl(SETTINGS_COST)) return;
  const before = core.peer.initialWindowBytes;
  const violation = core.peer.read(bytes, start, stop);
  if (violation !== null) {
    core.fail(violation);
    return;
  }
  core.encoder.resize(Math.min(core.peer.smallestTableBytes, core.peer.headerTableBytes));
  core.encoder.resize(core.peer.headerTableBytes);
  const change = core.peer.initialWindowBytes - before;
  if (change !== 0) {
    for (const stream of core.streams.values()) {
      stream.sendWindow += change;
      // RFC 9113 §6.9.2: this one is an error of the connection.
      if (stream.sendWindow > MAX_WINDOW) {
        core.fail('HTTP2_BAD_WINDOW_SETTING');
        return;
      }
      windowOpened(core, stream);
    }
  }
  core.writer.frame(SETTINGS, ACK, 0, noBytes);
  core.events.settingsChanged();
}

function settingsAcknowledged(core: Http2Core): void {
  core.isSettingsAcknowledged = true;
  core.decoder.settingsAcknowledged();
  const change = core.limits.streamWindowBytes - INITIAL_WINDOW;
  if (change >= 0) return;
  core.streamWindowBytes = core.limits.streamWindowBytes;
  for (const stream of core.streams.values()) stream.receiveWindow?.resize(change);
}
