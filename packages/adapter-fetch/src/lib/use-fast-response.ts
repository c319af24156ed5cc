import { LightResponse } from './light-response.ts';

let undoCurrent: (() => void) | null = null;

/**
 * Replaces `globalThis.Response` by one that is sent without a stream. Call it before the app is loaded, in programs, not in
 * libraries: every user of the global gets it.
 *
 * @returns puts back what was there; nothing happens if somebody else has replaced the global since
 */
export function useFastResponse(): () => void {
  if (undoCurrent !== null) return undoCurrent;
  const before = globalThis.Response;
  const light = LightResponse as unknown as typeof Response;
  globalThis.Response = light;
  const undo = (): void => {
    if (undoCurrent !== undo) return;
    undoCurrent = null;
    if (globalThis.Response === light) globalThis.Response = before;
  };
  undoCurrent = undo;
  return undo;
}
