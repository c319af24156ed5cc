/** Answers one exchange, now or when the promise it returns settles. */
export type Handler<C> = (context: C) => void | Promise<void>;

/**
 * Wraps the rest of the pipeline, which it gets as `next`. `next` may be called a second time only after
 * `response.reset()`, and its promise must be returned or awaited.
 */
export type Middleware<C> = (context: C, next: Handler<C>) => void | Promise<void>;
