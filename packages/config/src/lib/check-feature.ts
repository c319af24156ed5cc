import type { Feature, Level, Phase } from '@windhover/core/feature';
import { phaseOrder } from '@windhover/core/feature';
import { ConfigError } from './errors.ts';

/** The levels at which a layer of a phase can run. All other phases are possible on every level except `listener`. */
const levelsOf: Partial<Record<Phase, readonly Level[]>> = {
  connection: ['listener', 'top'], // a connection has no site yet
  shield: ['listener', 'top', 'site', 'route'],
  identity: ['top', 'site'], // the route is chosen after this phase
  rewrite: ['top', 'site'],
};

/** Whether layers of this phase run before the route is known. */
export function isBeforeRoute(phase: Phase): boolean {
  return phase === 'identity' || phase === 'rewrite';
}

/** Whether a layer of that phase can run for a feature that stands at that level. */
export function canRunAt(phase: Phase, level: Level): boolean {
  return (levelsOf[phase] ?? ['top', 'site', 'route']).includes(level);
}

/** Throws `CONFIG_FEATURE_INVALID` if the levels and phases of a feature contradict each other. */
export function checkFeature({ name, levels, phases, combine }: Feature<unknown>): void {
  const refuse = (why: string): never => {
    throw new ConfigError('CONFIG_FEATURE_INVALID', `\`${name}\` ${why}`);
  };
  if (levels.length === 0) refuse('has no level at which it could be named');
  for (const phase of phases) {
    if (!phaseOrder.includes(phase)) refuse(`names the phase \`${phase}\`, which does not exist`);
    if (!levels.some((level) => canRunAt(phase, level)))
      refuse(`cannot have a layer in \`${phase}\` on the level \`${levels.join('` or `')}\``);
  }
  const impossible = levels.find((level) => phases.length > 0 && !phases.some((phase) => canRunAt(phase, level)));
  if (impossible !== undefined)
    refuse(`cannot have a layer in \`${phases.join('` or `')}\` on the level \`${impossible}\``);
  const isTwice = levels.includes('top') && levels.includes('site') && phases.some(isBeforeRoute);
  if (isTwice && combine === 'replace')
    refuse('cannot replace what has run before its site was chosen: `combine` must be `add`');
  if (levels.includes('listener') && phases.some((phase) => phase !== 'connection') && combine === 'replace')
    refuse('cannot replace the layers of a listener, where requests of every site arrive: `combine` must be `add`');
}
