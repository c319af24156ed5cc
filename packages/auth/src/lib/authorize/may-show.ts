import { canonicalPath, contextKey, type HttpContext } from '@windhover/core';
import { userKey } from '../user.ts';
import type { accessDecider } from './authorize.ts';

/**
 * Whether whoever sends a request may also see another path, written as in a URL. `authorize` leaves it where its rules go
 * by path, and `static` asks it for each entry of a folder that it lists or sends as an archive.
 */
export type MayShow = (context: HttpContext, path: string) => boolean;

/** Set by `authorize` if its rules go by path. */
export const mayShowKey = contextKey<MayShow>('auth.mayShow');

/** Makes the question for one `authorize`: its answer is that to a request for the other path. */
export function mayShowBy(decide: ReturnType<typeof accessDecider>): MayShow {
  return function mayShow(context, written) {
    const { request, client } = context;
    try {
      const path = canonicalPath(written);
      return decide({ path, method: request.method }, client, context.get(userKey) ?? null)?.allowed === true;
    } catch {
      return false; // no path that anybody could ask for
    }
  };
}

/** Leaves the question for what runs inside. Every `authorize` around must agree. */
export function leaveMayShow(context: HttpContext, own: MayShow): void {
  const outer = context.get(mayShowKey);
  const both: MayShow = (asking, path) => outer!(asking, path) && own(asking, path);
  context.set(mayShowKey, outer === undefined || outer === own ? own : both);
}
