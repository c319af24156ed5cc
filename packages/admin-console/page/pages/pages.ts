import type { AdminRole } from '@windhover/admin';
import type { ComponentType } from 'preact';
import type { IconName } from '../parts/icon.tsx';
import { Caches } from './caches.tsx';
import { Certificates } from './certificates.tsx';
import { Config } from './config.tsx';
import { Connections } from './connections.tsx';
import { Deployments } from './deployments.tsx';
import { Ftp } from './ftp.tsx';
import { Log } from './log.tsx';
import { Overview } from './overview.tsx';
import { Audit, Users } from './people.tsx';
import { Pools } from './pools.tsx';
import { Requests } from './requests.tsx';
import { Sites } from './sites.tsx';
import { Things } from './things.tsx';
import { Traces } from './traces.tsx';
import { Upstreams } from './upstreams.tsx';

export interface PageEntry {
  /** In the address: `#/pools`. */
  readonly name: IconName;
  readonly title: string;
  readonly group: (typeof groups)[number];
  readonly content: ComponentType<{ rest: string | null }>;
  /** What the server must have for it; `null`: every server has it. Default: what it is named. */
  readonly area?: string | null;
  /** Who may see it. Default: everybody. */
  readonly role?: AdminRole;
}

export const groups = ['Server', 'Watch', 'Change', 'People'] as const;

/** Every page, in the order of the navigation. */
export const pages: readonly PageEntry[] = [
  { name: 'overview', title: 'Overview', group: 'Server', content: Overview },
  { name: 'sites', title: 'Sites', group: 'Server', content: Sites },
  { name: 'pools', title: 'Pools', group: 'Server', content: Pools },
  { name: 'upstreams', title: 'Upstreams', group: 'Server', content: Upstreams, area: 'things' },
  { name: 'cache', title: 'Cache', group: 'Server', content: Caches, area: 'things' },
  { name: 'ftp', title: 'FTP', group: 'Server', content: Ftp, area: 'things' },
  { name: 'things', title: 'Limits and more', group: 'Server', content: Things },
  { name: 'requests', title: 'Requests', group: 'Watch', content: Requests },
  { name: 'connections', title: 'Connections', group: 'Watch', content: Connections },
  { name: 'traces', title: 'Traces', group: 'Watch', content: Traces },
  { name: 'log', title: 'Log', group: 'Watch', content: Log },
  { name: 'config', title: 'Configuration', group: 'Change', content: Config, role: 'configure' },
  { name: 'deployments', title: 'Deployments', group: 'Change', content: Deployments },
  { name: 'certificates', title: 'Certificates', group: 'Change', content: Certificates },
  { name: 'users', title: 'Users and roles', group: 'People', content: Users, area: null, role: 'configure' },
  { name: 'audit', title: 'Audit', group: 'People', content: Audit, area: null, role: 'configure' },
];
