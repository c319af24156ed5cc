import { type HttpContext, HttpError, HttpHeaders, type Middleware } from '@windhover/core';
import { connectError } from './errors.ts';

/** What stands behind a middleware: called without an error it goes on. */
export type Next = (error?: unknown) => void;

/** What the middlewares of a request ask of its exchange. */
export interface LayersOwner {
  readonly context: HttpContext;
  readonly abortReason: Error | null;
  /** Whether nobody waits for what comes of it. */
  readonly isGone: boolean;
  /** Whether the application has decided its head. */
  readonly isDecided: boolean;
  /** A middleware begins. Returns the URL to go back to when it has finished; `null`: it is the same. */
  enter(): string | null;
  /** The application sees what middleware has made of the request. */
  showRequest(): void;
  /** Brings what the application has decided into the response. */
  take(): void;
  watch(): void;
  /** Makes an answer of what went wrong. */
  failed(error: unknown): void;
  /** The application failed when its answer was decided. */
  failedLate(error: unknown): void;
  /** Every middleware has finished. */
  respond(): void;
}

/** One middleware on its way through the request. */
interface Layer {
  readonly rest: Next | null;
  /** Whether `rest` takes errors to the application's error handlers. */
  readonly takesErrors: boolean;
  /** The one around it that has not finished. */
  outer: Layer | null;
  /** The context's URL before it, when that differs within the place where it is mounted. */
  readonly urlBefore: string | null;
  next: 'uncalled' | 'running' | 'settled';
  /** Whether nobody waits for its `next` any more. */
  isDetached: boolean;
  /** What its `next` gave it, unless that has settled at once. */
  pending: Promise<void> | null;
  resolve: (() => void) | null;
  reject: ((error: unknown) => void) | null;
}

/** The middlewares of one request that have not finished, one around the other. Each goes on when everything within it has. */
export class MiddlewareLayers {
  private readonly owner: LayersOwner;
  private innermost: Layer | null = null;
  /** Calls of the application's `next` that are on the stack. */
  private depth = 0;

  constructor(owner: LayersOwner) {
    this.owner = owner;
  }

  /** The application has decided its head. */
  headDecided(): void {
    // A call of `next` that is still on the stack looks for itself; by then it may have written everything.
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

  /** Nobody waits for an answer of the application any more. */
  release(reason: Error): void {
    for (let layer = this.innermost; layer !== null; layer = layer.outer) {
      if (layer.next !== 'running') continue;
      layer.next = 'settled';
      layer.pending?.catch(() => undefined); // who has dropped it need not hear of it
      layer.reject?.(reason);
      if (layer.isDetached) this.remove(layer);
    }
  }

  /** @param given as called: programs without types leave it out */
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

  /** The innermost middleware that waits goes on. */
  private settle(): void {
    const layer = this.innermost;
    if (layer === null || !isRunning(layer)) return;
    this.owner.take();
    layer.next = 'settled';
    if (layer.isDetached) this.finish(layer);
    else layer.resolve?.();
  }

  private done(layer: Layer): void {
    // It dropped the promise of `next`; the application's answer is waited for all the same.
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

  /** Its error handlers answer, and who stands around the middleware sees that answer. */
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

/** Error handlers of applications copy `error.headers` as a plain object; Fastify's fails with `null`, and answers 200. */
function withPlainHeaders(error: unknown): unknown {
  if (!HttpError.is(error)) return error;
  const plain: Record<string, string[]> = {};
  for (const [name, value] of new HttpHeaders(error.headers)) (plain[name] ??= []).push(value);
  return Object.assign(error, { headers: plain });
}
