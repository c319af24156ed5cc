import type { HttpContext } from '@windhover/core';
import { readCookie } from './balance/hash-key.ts';
import type { Branch, BranchCondition } from './branch.ts';

/** Returns the first branch whose condition a request meets. */
export function branchThatAsks(branches: readonly Branch[], context: HttpContext): Branch | undefined {
  return branches.find(({ when }) => when !== undefined && meets(context, when));
}

/**
 * Returns the branch of a request that no condition decides about: the one that the client is bound to, or one by
 * weight.
 *
 * @param bound the name in the client's cookie; `null` without
 * @param drawn a number from 0 up to, not including, 1
 */
export function branchByWeight(branches: readonly Branch[], bound: string | null, drawn: number): Branch {
  const own = bound === null ? undefined : branches.find(({ name, weight = 0 }) => name === bound && weight > 0);
  return own ?? byWeight(branches, drawn);
}

/** Whether a request has everything that a condition asks for. */
function meets({ request }: HttpContext, { headers = {}, cookies = {} }: BranchCondition): boolean {
  const field = request.headers.get('cookie');
  return (
    Object.entries(headers).every(([name, value]) => fits(request.headers.get(name) ?? null, value)) &&
    Object.entries(cookies).every(([name, value]) => fits(readCookie(field, name), value))
  );
}

function fits(value: string | null, expected: string | true): boolean {
  return expected === true ? value !== null : value === expected;
}

function byWeight(branches: readonly Branch[], drawn: number): Branch {
  let rest = drawn * branches.reduce((sum, { weight = 0 }) => sum + weight, 0);
  for (const branch of branches) {
    rest -= branch.weight ?? 0;
    if (rest < 0) return branch;
  }
  return branches.findLast(({ weight = 0 }) => weight > 0)!;
}
