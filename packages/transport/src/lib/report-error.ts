/** Receives the errors of consumers, which no caller can catch. Default: a process warning on stderr. */
let report: (error: unknown) => unknown = warn;

/**
 * Reports a bug in a consumer. It must neither end the process nor go unnoticed; the same holds for a bug in the
 * listener itself.
 */
export function reportError(error: unknown): void {
  try {
    const pending = report(error) as PromiseLike<unknown> | null | undefined;
    if (typeof pending?.then === 'function') pending.then(undefined, warn);
  } catch (failure) {
    warn(error);
    warn(failure);
  }
}

/** Sends the errors of consumers elsewhere, for example to a log. Returns the listener that was set before. */
export function onConsumerError(listener: (error: unknown) => void): (error: unknown) => void {
  const before = report;
  report = listener;
  return before;
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error), { type: 'WindhoverConsumerError' });
}
