import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder of certificates that a configuration names no other for. */
export function defaultCertificateFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const { STATE_DIRECTORY: state, XDG_DATA_HOME: data, HOME: home = homedir() } = env;
  const base =
    state?.split(':')[0] ??
    (process.getuid?.() === 0 ? '/var/lib/windhover' : join(data ?? join(home, '.local', 'share'), 'windhover'));
  return join(base, 'certificates');
}
