import type { ComponentType } from 'preact';
import type { IconName } from '../parts/icon.tsx';
import { Overview } from './overview.tsx';
import { Pools } from './pools.tsx';
import { Sites } from './sites.tsx';

export interface PageEntry {
  /** In the address: `#/pools`. */
  readonly name: string;
  readonly title: string;
  readonly group: (typeof groups)[number];
  readonly icon: IconName;
  readonly content: ComponentType<{ rest: string | null }>;
}

export const groups = ['Server', 'Watch', 'Change', 'People'] as const;

/** Every page, in the order of the navigation. */
export const pages: readonly PageEntry[] = [
  { name: 'overview', title: 'Overview', group: 'Server', icon: 'overview', content: Overview },
  { name: 'sites', title: 'Sites', group: 'Server', icon: 'sites', content: Sites },
  { name: 'pools', title: 'Pools', group: 'Server', icon: 'pools', content: Pools },
];
