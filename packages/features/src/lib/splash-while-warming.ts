import { type SplashPage, showSplash } from '@windhover/app-pool';
import type { HttpContext, Middleware } from '@windhover/core';
import type { Upstreams } from '@windhover/proxy';

/** Shows a page in place of passing GET and HEAD on, while all servers are only being warmed up. */
export function splashWhileWarming(
  upstreams: Pick<Upstreams, 'isWarmingUp'>,
  splash: SplashPage,
  proxy: Middleware<HttpContext>,
): Middleware<HttpContext> {
  return function splashWhileWarming(context, next) {
    const { method } = context.request;
    if ((method !== 'GET' && method !== 'HEAD') || !upstreams.isWarmingUp) return proxy(context, next);
    showSplash(splash, context);
  };
}
