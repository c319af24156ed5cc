import type { Wording } from './disagreements.ts';
import type { Settings } from './settings.ts';

/**
 * What the supervisor says of its socket, `listen.web`, in the words of whoever has said where to listen: `--port`, `WINDHOVER_UNIX`, or the file and
 * its key.
 */
export function nameSocket(message: string, { unix }: Settings, wordingOf: (name: string) => Wording): string {
  const name = unix === undefined ? 'port' : 'unix';
  const { place, nameOf } = wordingOf(name);
  return message.replaceAll(/\blisten\.web\b/g, () => place + nameOf(name));
}
