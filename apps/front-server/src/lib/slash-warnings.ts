import type { Configuration, OptionIssue } from '@windhover/config';
import { removesSlashes } from '@windhover/features';

const message =
  '`static` sends folders to their slash, and this redirect takes it away: browsers would be sent back and forth for every folder. Serve them without `static`, or leave the slash';

/** Redirects that take away the slash which `static` of the same site adds. */
export function slashWarnings({ features, sites }: Configuration): readonly OptionIssue[] {
  const paths = new Set<OptionIssue['path']>();
  for (const site of sites) {
    const hasFolders = site.routes.some((route) =>
      route.features.some(({ feature, instance }) => feature.name === 'static' && instance !== null),
    );
    if (!hasFolders) continue;
    for (const placed of [...features, ...site.features])
      if (removesSlashes(placed)) paths.add(placed.path as OptionIssue['path']);
  }
  return [...paths].map((path) => ({ path, message }));
}
