import { contextKey, type HttpContext } from '@windhover/core';

/** Set by `adapter-connect` while a mounted middleware of Express runs, which sees only the rest of the URL. */
const mountKey = contextKey<{ readonly path: string; readonly target: string } | undefined>('request.mount');

/** The target that the client has sent, also under a mount path. */
export function sentTarget(context: HttpContext): string {
  return context.get(mountKey)?.target ?? context.request.target;
}

/** The path of the mount before the path that the middleware sees; `''` at the top. */
export function mountPath(context: HttpContext): string {
  return context.get(mountKey)?.path ?? '';
}
