import { type HttpContext, HttpError, HttpHeaders, type Middleware } from '@windhover/core';
import { connectError } from './errors.ts';

/** Calls the code behind a middleware: it continues without an error, or handles the given one. */
export type Next = (error?: unknown) => void;

/** What the middleware layers need from their exchange. */
export interface LayersOwner {
  readonly context: HttpContext;
  readonly abortReason: Error | null;
  /** Whether the application's answer is no longer needed. */
  readonly isGone: boolean;
  /** Whether the application has decided its head. */
  readonly isDecided: boolean;
  /** A middleware begins. Returns the URL to restore when it has finished, or `null` if it is unchanged. */
  enter(): string | null;
  /** Copies the middleware's changes of the request to the application's request. */
  showRequest(): void;
  /** Copies the application's answer into the response. */
  take(): void;
  watch(): void;
  /** Turns the error into an answer. */
  failed(error: unknown): void;
  /** The application failed after its answer was decided. */
  failedLate(error: unknown): void;
  /** Every middleware has finished. */
  respond(): void;
}

/** One running middleware of the request. */
interface Layer {
  readonly rest: Next | null;
  /** Whether `rest` takes errors to the application's error handlers. */
  readonly takesErrors: boolean;
  /** The next outer middleware that has not finished. */
  outer: Layer | null;
  /** The context's URL before this middleware, if its mount point changed the URL. */
  readonly urlBefore: string | null;
  next: 'uncalled' | 'running' | 'settled';
  /** Whether the middleware no longer waits for its `next`. */
  isDetached: boolean;
  /** The promise that its `next` returned, unless `next` settled at once. */
  pending: Promise<void> | null;
  resolve: (() => void) | null;
  reject: ((error: unknown) => void) | null;
}

/** The unfinished middlewares of one request, nested in each other. Each continues when everything inside it has finished. */
export class MiddlewareLayers {
  private readonly owner: LayersOwner;
  private innermost: Layer | null = null;
  /** Number of calls of the application's `next` on the stack. */
  private depth = 0;

  constructor(owner: LayersOwner) {
    this.owner = owner;
  }

  /** The application has decided its head. */
  headDecided(): void {
    // A call of `next` that is still on the stack checks this itself, and by then may have the complete answer.
    if (this.depth === 0) queueMicrotask(() => this.settle());
  }

  run(middleware: Middleware<HttpContext>, rest: Next | null, takesErrors: boolean): void {
    const { context } = this.owner;
    const layer: Layer = {
      rest,
      takesErrors,
      outer: this.innermost,
      urlBefore: this.owner.enter(),
      next: 'uncalled',
      isDetached: false,
      pending: null,
      resolve: null,
      reject: null,
    };
    this.innermost = layer;
    let pending: void | Promise<void>;
    try {
      pending = middleware(context, (given) => this.callRest(layer, given));
    } catch (error) {
      this.layerFailed(layer, error);
      return;
    }
    if (typeof pending?.then !== 'function') this.done(layer);
    else
      pending.then(
        () => this.done(layer),
        (error) => this.layerFailed(layer, error),
      );
  }

  /** The application's answer is no longer needed: settles every `next` that is still waiting. */
  release(reason: Error): void {
    for (let layer = this.innermost; layer !== null; layer = layer.outer) {
      if (layer.next !== 'running') continue;
      layer.next = 'settled';
      layer.pending?.catch(() => undefined); // avoids an unhandled rejection if the middleware dropped the promise
      layer.reject?.(reason);
      if (layer.isDetached) this.remove(layer);
    }
  }

  /** @param given the context passed to `next`; untyped programs leave it out */
  private callRest(layer: Layer, given: HttpContext | undefined): void | Promise<void> {
    if (given !== undefined && given !== this.owner.context) throw connectError('CONNECT_FORK');
    if (layer.next !== 'uncalled') throw connectError('CONNECT_NEXT_TWICE');
    layer.next = 'settled';
    if (layer.rest === null) return;
    if (this.owner.isGone) throw this.owner.abortReason ?? connectError('CONNECT_CLIENT_LEFT');
    layer.next = 'running';
    if (!this.owner.isDecided) this.callApplication(layer, layer.rest);
    if (this.owner.isDecided) this.settle();
    if (!isRunning(layer)) return;
    layer.pending = new Promise((resolve, reject) => {
      layer.resolve = resolve;
      layer.reject = reject;
    });
    this.owner.watch();
    return layer.pending;
  }

  private callApplication(layer: Layer, rest: Next): void {
    this.owner.showRequest();
    this.depth += 1;
    try {
      const pending = rest() as unknown as Promise<unknown> | undefined;
      if (typeof pending?.then === 'function') pending.then(undefined, (error) => this.applicationFailed(error));
    } catch (error) {
      if (this.owner.isDecided) this.applicationFailed(error);
      else {
        layer.next = 'settled';
        throw error;
      }
    } finally {
      this.depth -= 1;
    }
  }

  /** Lets the innermost waiting middleware continue. */
  private settle(): void {
    const layer = this.innermost;
    if (layer === null || !isRunning(layer)) return;
    this.owner.take();
    layer.next = 'settled';
    if (layer.isDetached) this.finish(layer);
    else layer.resolve?.();
  }

  private done(layer: Layer): void {
    // The middleware dropped the promise of `next`, but the application's answer is still awaited.
    if (isRunning(layer) && !this.owner.isGone) layer.isDetached = true;
    else this.finish(layer);
  }

  private layerFailed(layer: Layer, error: unknown): void {
    if (this.owner.isGone) {
      this.finish(layer);
    } else if (layer.next === 'uncalled' && layer.rest !== null && layer.takesErrors && !this.owner.isDecided) {
      this.giveToApplication(layer, layer.rest, error);
    } else {
      layer.next = 'settled';
      this.owner.failed(error);
      this.finish(layer);
    }
  }

  /** The application's error handlers answer, and the middlewares around this one see that answer. */
  private giveToApplication(layer: Layer, fail: Next, error: unknown): void {
    layer.next = 'running';
    layer.isDetached = true;
    this.owner.context.response.reset();
    this.depth += 1;
    try {
      fail(withPlainHeaders(error));
    } finally {
      this.depth -= 1;
    }
    if (this.owner.isDecided) this.settle();
  }

  private finish(layer: Layer): void {
    this.remove(layer);
    if (layer.urlBefore !== null) this.owner.context.request.rewrite(layer.urlBefore);
    if (this.innermost === null) this.owner.respond();
    else this.settle();
  }

  private remove(layer: Layer): void {
    let inner: Layer | null = null;
    for (let each = this.innermost; each !== layer && each !== null; each = each.outer) inner = each;
    if (inner === null) this.innermost = layer.outer;
    else inner.outer = layer.outer;
  }

  private applicationFailed(error: unknown): void {
    let layer = this.innermost;
    while (layer !== null && !isRunning(layer)) layer = layer.outer;
    if (this.owner.isDecided || layer === null) {
      this.owner.failedLate(error);
      return;
    }
    layer.next = 'settled';
    if (layer.isDetached) this.layerFailed(layer, error);
    else layer.reject?.(error);
  }
}

function isRunning(layer: Layer): boolean {
  return layer.next === 'running';
}

/** Error handlers of applications copy `error.headers` as a plain object. Fastify's fails if it is `null`, and answers 200. */
function withPlainHeaders(error: unknown): unknown {
  if (!HttpError.is(error)) return error;
  const plain: Record<string, string[]> = {};
  for (const [name, value] of new HttpHeaders(error.headers)) (plain[name] ??= []).push(value);
  return Object.assign(error, { headers: plain });
}
