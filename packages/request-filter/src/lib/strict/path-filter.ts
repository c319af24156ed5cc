import { TextMatcher } from '../text-matcher.ts';
import { normaliseText } from './normalise-text.ts';
import { leftExtensions, pathSignals } from './path-signals.ts';
import type { AttackKind } from './strict-options.ts';

/** Finds paths that only attacks ask for, and steps out of the site. */
export class PathFilter {
  private readonly signals = [...pathSignals];
  private readonly matcher: TextMatcher;
  private readonly except: ReadonlySet<AttackKind>;

  constructor(except: ReadonlySet<AttackKind>) {
    this.except = except;
    this.signals = pathSignals.filter(({ kind }) => !except.has(kind));
    this.matcher = new TextMatcher(this.signals.map(({ word }) => word));
  }

  /** What was found in a path as received; `null`: nothing. */
  find(rawPath: string): string | null {
    const isPlain = !rawPath.includes('%') && !rawPath.includes('\\');
    const climbs = this.except.has('traversal') ? null : climbing(rawPath, isPlain);
    if (climbs !== null) return climbs;
    const lower = isPlain ? rawPath.toLowerCase() : normaliseText(rawPath, false).text.replaceAll('\\', '/');
    const path = `${lower}/`.replaceAll(' /', '/');
    let found: string | null = null;
    this.matcher.each(path, (index, end) => {
      const { word, kind, at } = this.signals[index]!;
      if (at === 'prefix' && end !== word.length) return false;
      found = `${kind}: ${JSON.stringify(word)}`;
      return true;
    });
    return found ?? (this.except.has('scanner') ? null : leftOver(lower));
  }
}

/** Steps that are hidden, or that lead above the site. Plain steps inside of it are ordinary. */
function climbing(rawPath: string, isPlain: boolean): string | null {
  if (isPlain && !rawPath.includes('..')) return null;
  if (rawPath.includes('..;') || rawPath.includes('....//')) return 'traversal: "..;"';
  let depth = 0;
  for (const segment of rawPath.slice(1).split('/')) {
    if (segment === '..') depth -= 1;
    else if (segment !== '.' && segment !== '') depth += 1;
    if (depth < 0) return 'traversal: above the root';
    if (!/[%\\]/.test(segment)) continue;
    const { text, isDisguised } = normaliseText(segment, false);
    if (isDisguised) return 'traversal: an overlong form';
    if (text.split(/[/\\;]/).some((part) => part === '..')) return 'traversal: hidden ".."';
  }
  return null;
}

function leftOver(path: string): string | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  if (dot < 0) return null;
  const extension = name.slice(dot);
  return leftExtensions.has(extension) || (name.endsWith('~') && /\.(?:php|asp|jsp|py|rb|conf|config)~$/.test(name))
    ? `scanner: ${JSON.stringify(extension)}`
    : null;
}
