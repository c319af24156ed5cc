import type { Handler, HttpContext } from '@windhover/core';
import { createManualClock, type RunInit, type RunResult, runHandler } from '@windhover/testing';
import { type AdminOptions, type AdminTarget, createAdminHandler } from '../src/index.ts';

/** Tokens of each role. */
export const tokens = {
  look: 'look-look-look-look-look',
  operate: 'operate-operate-operate',
  configure: 'configure-configure-1',
} as const;

export const bearer = (role: keyof typeof tokens): Record<string, string> => ({
  Authorization: `Bearer ${tokens[role]}`,
});

/** Ann may configure, Bob may look; the password is that of everybody. */
export const users: NonNullable<AdminOptions['users']> = {
  verify: (name, password) =>
    password === 'right' ? (({ ann: 'configure', bob: 'look' } as const)[name] ?? null) : null,
  find: (name) => (({ ann: 'configure', bob: 'look' }) as const)[name] ?? null,
};

/** What was done to a target, in words. */
export function recordingTarget(): AdminTarget & { readonly done: string[] } {
  const done: string[] = [];
  return {
    done,
    overview: () => ({
      version: '1',
      pid: 1,
      startedAt: 0,
      node: 'v20',
      host: 'h',
      workers: [],
      listeners: [],
      config: state,
    }),
    pools: {
      list: () => [],
      start: (name) => void done.push(`start ${name}`),
      stop: (name) => void done.push(`stop ${name}`),
      recycle: (name) => void done.push(`recycle ${name}`),
      log: (name) => [name],
    },
    things: {
      list: () => [],
      act: (kind, name, action, args) => void done.push([kind, name, action, JSON.stringify(args)].join(' ')),
    },
  } as AdminTarget & { readonly done: string[] };
}

const state = { file: 'f', edition: 1, reloadedAt: null, error: null };

/** A handler with all tokens and users, and its clock. */
export function start(target: AdminTarget = recordingTarget(), options: AdminOptions = {}) {
  const clock = createManualClock();
  const lines: string[] = [];
  const { done: _, ...parts } = target as AdminTarget & { done?: unknown };
  const handler = createAdminHandler(parts, {
    ...{ users, clock, audit: { write: (line) => void lines.push(line) }, log: { error: () => undefined } },
    tokens: Object.entries(tokens).map(([role, token]) => ({ name: role, role: role as keyof typeof tokens, token })),
    ...options,
  });
  return { handler, clock, audit: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

/** Sends JSON. */
export function send(
  handler: Handler<HttpContext>,
  method: string,
  path: string,
  {
    body,
    headers = {},
    ...init
  }: Omit<RunInit, 'body' | 'headers'> & { body?: unknown; headers?: Record<string, string> } = {},
): Promise<RunResult> {
  return runHandler(handler, {
    ...init,
    ...{ method, url: `/api/v1${path}` },
    headers: body === undefined ? headers : { 'Content-Type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** The headers of a browser that has logged in. */
export async function logIn(
  handler: Handler<HttpContext>,
  user = 'ann',
  init: Pick<RunInit, 'connection' | 'scheme'> = {},
): Promise<{ readonly Cookie: string; readonly 'X-Windhover-Csrf': string }> {
  const answer = await send(handler, 'POST', '/session', { ...init, body: { user, password: 'right' } });
  if (answer.status !== 200) throw new Error(answer.text());
  const { csrf } = answer.json() as { csrf: string };
  return { Cookie: answer.headers.get('set-cookie')!.split(';')[0]!, 'X-Windhover-Csrf': csrf };
}

export const codeOf = (answer: RunResult): string => (answer.json() as { code: string }).code;
