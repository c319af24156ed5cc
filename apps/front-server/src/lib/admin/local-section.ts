import { adminSectionOf } from '@windhover/features';
import type { AdminSection } from '@windhover/features/admin';
import type { FrontConfig } from '../front-server.ts';

/** The section `admin` of a configuration that this process has loaded; `null`: it has none. */
export function localSection({ features, file }: FrontConfig): AdminSection | null {
  return adminSectionOf(features, file);
}
