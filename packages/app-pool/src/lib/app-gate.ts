import type { Clock, Handler, HttpContext, Middleware } from '@windhover/core';
import type { AppView } from './app-view.ts';
import { appError } from './errors.ts';

/** When a client that was refused should come again, in seconds: starts take a few. */
const retryAfterS = 5;

/** A page that is shown while an application starts. */
export interface SplashPage {
  readonly body: string | Uint8Array;
  /** Its Content-Type. */
  readonly type: string;
}

/** Options of `appGate`. */
export interface AppGateOptions {
  readonly clock: Clock;
  /** How many requests may wait in this process. Default: 1,000, as in IIS. */
  readonly queue?: number;
  /** Answers GET and HEAD while the application starts, with 503 and Retry-After. Default: they wait. */
  readonly splash?: SplashPage | null;
  /** Aborts when the server begins to stop: requests that wait are refused. Default: never. */
  readonly stopping?: AbortSignal;
}

/** Lets requests through to an application that has an instance; the others wait for one, see the splash page, or are refused with 503. */
export function appGate(view: AppView, options: AppGateOptions): Middleware<HttpContext> {
  const { queue = 1000, splash = null } = options;

  function hold(context: HttpContext, next: Handler<HttpContext>): void | Promise<void> {
    const { refusal } = view;
    if (refusal !== null) throw refusal;
    view.ask();
    const { method } = context.request;
    if (splash !== null && (method === 'GET' || method === 'HEAD')) return showSplash(splash, context);
    if (view.waiting >= queue) throw appError('APP_QUEUE_FULL', view.name, retryAfterS);
    return untilOpen(view, context, options).then(() => next(context));
  }

  return function app(context, next) {
    return view.isOpen ? next(context) : hold(context, next);
  };
}

/** Answers with a splash page. */
export function showSplash({ body, type }: SplashPage, { response }: HttpContext): void {
  response.status = 503;
  response.headers.set('Content-Type', type);
  response.headers.set('Retry-After', String(retryAfterS));
  response.headers.set('Cache-Control', 'no-store');
  response.body = body;
}

function untilOpen(view: AppView, context: HttpContext, { clock, stopping }: AppGateOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      leave();
      cancel();
      stopping?.removeEventListener('abort', stop);
    };
    const refuse = (error: Error): void => {
      end();
      reject(error);
    };
    const stop = (): void => refuse(appError('APP_STARTING', `${view.name}. The server stops`, retryAfterS));
    const leave = view.join({
      go: () => {
        end();
        resolve();
      },
      refuse,
    });
    const cancel = clock.schedule(view.waitMs, () => refuse(appError('APP_START_TIMEOUT', view.name, retryAfterS)));
    context.onAbort(refuse);
    stopping?.addEventListener('abort', stop);
    if (stopping?.aborted === true) stop();
  });
}
