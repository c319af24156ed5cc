import type { HttpContext } from '@windhover/core';
import { checkedCompose, type RunInit, runHandler } from '@windhover/testing';
import { auth } from './auth.ts';
import type { AuthScheme } from './auth-scheme.ts';
import type { PasswordPool } from './password/password-pool.ts';
import { userKey } from './user.ts';

/** Runs a request through `auth` with these schemes; the answer is the name of the user. */
export async function ask(scheme: AuthScheme, init: RunInit = {}) {
  const refusals: string[] = [];
  const result = await runHandler(
    checkedCompose(
      [auth({ any: [scheme], onRefused: ({ reason }) => refusals.push(reason) })],
      (context: HttpContext) => {
        context.response.body = context.get(userKey)!.name;
      },
    ),
    init,
  );
  const { status, headers, error } = result;
  return { status, text: result.text(), challenges: headers.getAll('www-authenticate'), refusals, headers, error };
}

/** The field for a name and a password. */
export function basicField(name: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` };
}

/** A pool that takes a password for right if the hash ends in it, and keeps a list of what it was asked. */
export function fakePool(): PasswordPool & { readonly checks: string[] } {
  const checks: string[] = [];
  return {
    checks,
    waiting: 0,
    close: () => undefined,
    check: async (password, hash) => {
      checks.push(`${password} ${hash.slice(0, 7)}`);
      return hash.endsWith(password);
    },
  };
}
