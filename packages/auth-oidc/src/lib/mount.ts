import { contextKey, type HttpContext } from '@windhover/core';

/** Set by `adapter-connect` while a mounted middleware of Express runs, which sees only the rest of the URL. */
const mountKey = contextKey<{ readonly path: string } | undefined>('request.mount');

/** The path before the paths that this middleware sees: `/app` under `app.use('/app', …)`; `''` at the top. */
export function mountPath(context: HttpContext): string {
  return context.get(mountKey)?.path ?? '';
}
