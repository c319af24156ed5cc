import { LightResponse } from './light-response.ts';

let undoCurrent: (() => void) | null = null;

/**
 * Replaces `globalThis.Response` with a class that the server sends without a stream. Call it before the app is loaded. Use it in programs,
 * not in libraries: every user of the global gets the new class.
 *
 * @returns a function that restores the previous global; it does nothing if somebody else has replaced the global since
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
