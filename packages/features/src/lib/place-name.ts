import type { FeatureLocation } from '@windhover/core/feature';

/** How people call something without a name of its own: by the site and route where it stands. */
export function placeName({ site, route }: Pick<FeatureLocation, 'site' | 'route'>): string {
  return site === null && route === null ? 'everywhere' : `${site ?? ''}${route ?? ''}`;
}
