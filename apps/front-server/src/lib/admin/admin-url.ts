import { openUrl } from '@windhover/console';
import type { AdminSection } from '@windhover/features/admin';
import type { Listener } from '@windhover/transport';

/** Where the console is. */
export function adminUrl({ address }: Listener, section: AdminSection | null): string {
  return openUrl(address, section?.tls == null ? 'http' : 'https');
}
