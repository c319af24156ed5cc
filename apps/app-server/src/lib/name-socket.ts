import type { Wording } from './disagreements.ts';
import type { Settings } from './settings.ts';

/**
 * Replaces the supervisor's name for its socket, `listen.web`, with the spelling of the source that set the address: `--port`,
 * `WINDHOVER_UNIX`, or the file and its key.
 */
export function nameSocket(message: string, { unix }: Settings, wordingOf: (name: string) => Wording): string {
  const name = unix === undefined ? 'port' : 'unix';
  const { place, nameOf } = wordingOf(name);
  return message.replaceAll(/\blisten\.web\b/g, () => place + nameOf(name));
}
