import { resolve } from 'node:path';
import { type AppDefinition, resolvePoolSettings } from '@windhover/app-pool';
import { z } from 'zod';
import { appSchema, type WrittenApp } from './app-schema.ts';

/** Names are parts of commands and of log lines. */
export const appName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** What an application runs, and by which rules. */
export function toAppDefinition(name: string, written: WrittenApp, directory: string): AppDefinition {
  const {
    command,
    cwd = '.',
    env = {},
    ready = {},
    warmUp = [],
    host = null,
    ping = {},
    user,
    group,
    limits,
  } = written;
  const usesSocket = [...command, ...Object.values(env)].some((part) => part.includes('{socket}'));
  return {
    name,
    command,
    cwd: resolve(directory, cwd),
    env,
    listen: written.listen ?? (usesSocket ? 'socket' : 'port'),
    ready: { path: ready.path ?? null, notice: ready.notice ?? false },
    warmUp,
    host,
    ping: ping === false ? null : { everyMs: ping.every ?? 30_000, timeoutMs: ping.timeout ?? 90_000 },
    user: user === undefined ? null : String(user),
    group: group === undefined ? null : String(group),
    limits:
      limits === undefined
        ? null
        : { memoryBytes: limits.memory ?? null, cpus: limits.cpus ?? null, processes: limits.processes ?? null },
    settings: settingsOf(written),
  };
}

function settingsOf(written: WrittenApp): AppDefinition['settings'] {
  const { instances, ready = {}, start, idle, shutdown, recycle = {}, rapidFail } = written;
  const { failures = 5, within = 300_000 } = rapidFail === false ? {} : (rapidFail ?? {});
  return resolvePoolSettings({
    ...given({ instances, start, shutdownMs: shutdown, startupMs: ready.within, idleStopMs: idle?.stopAfter }),
    rapidFail: rapidFail === false ? null : { failures, withinMs: within },
    recycle: given({
      everyMs: recycle.every,
      requests: recycle.requests,
      memoryBytes: recycle.memory,
      at: recycle.at?.map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))),
      overlap: recycle.overlap,
    }),
  });
}

/**
 * Reads `apps` of a configuration for the process that owns their processes; `undefined` if something is wrong with it: whoever loads the
 * whole configuration says what.
 */
export function readApps(
  written: unknown,
  directoryOf: (name: string) => string,
): readonly AppDefinition[] | undefined {
  const { success, data } = z.record(z.string().regex(appName), appSchema).safeParse(written);
  if (!success) return undefined;
  return Object.entries(data).map(([name, app]) => toAppDefinition(name, app, directoryOf(name)));
}

/** Leaves out what is `undefined`. */
function given<T extends object>(options: T): { readonly [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}
