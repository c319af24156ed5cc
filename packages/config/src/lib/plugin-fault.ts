import { describeValue } from '@windhover/options';

/** Describes an error of a plugin, with the place in its code, in one line. */
export function pluginFault(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${describeValue(error)}`;
  const [message] = error.message.split('\n');
  const where = placeOf(error);
  return `threw ${error.name}: ${message}${where === null ? '' : ` (${where})`}`;
}

/** The first place of the stack that is a file: `plugin.mjs:3:9`. */
function placeOf({ stack = '' }: Error): string | null {
  return /^ +at (?:.*\()?(?!node:)(?:[^\s()]*[/\\])?([^/\\\s()]+:\d+:\d+)\)?$/m.exec(stack)?.[1] ?? null;
}
