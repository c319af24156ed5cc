import type { AppStatus, TailLine } from '@windhover/app-pool';
import { escapeControls } from '@windhover/console';
import { formatDuration } from '@windhover/options';

/** Formats what applications are doing for people. */
export function formatApps(apps: readonly AppStatus[], now: number): string {
  if (apps.length === 0) return 'The configuration has no applications.\n';
  return apps
    .map(({ name, phase, instances, failures, lastFailure }) => {
      const failed = failures === 0 ? '' : `, failed ${failures === 1 ? 'once' : `${failures} times`}: ${lastFailure}`;
      const lines = instances.map((instance) => `  ${describeInstance(instance, now)}\n`);
      return `${name}: ${phase}${failed}\n${lines.join('')}`;
    })
    .join('');
}

/** Formats the last lines of an application. */
export function formatTail(lines: readonly TailLine[]): string {
  return lines.map(({ at, pid, line }) => `${new Date(at).toISOString()} ${pid} ${escapeControls(line)}\n`).join('');
}

function describeInstance({ pid, stage, startedAt, requests }: AppStatus['instances'][number], now: number): string {
  const age = formatDuration(Math.floor(Math.max(0, now - startedAt) / 1000) * 1000);
  const asked = requests === 1 ? '1 request' : `${requests} requests`;
  return `${stage}, process ${pid ?? 'not started yet'}, for ${age}, ${asked}`;
}
