/** Where errors of consumers go that nobody can catch: the process' own handler for them. Default: a warning on stderr. */
let report: (error: unknown) => unknown = warn;

/** A bug in a consumer must not take the process down, nor pass in silence. Nor must one in whoever hears of bugs. */
export function reportError(error: unknown): void {
  try {
    const pending = report(error) as PromiseLike<unknown> | null | undefined;
    if (typeof pending?.then === 'function') pending.then(undefined, warn);
  } catch (failure) {
    warn(error);
    warn(failure);
  }
}

/** Sends those errors elsewhere, a log for instance. Returns what was set before. */
export function onConsumerError(listener: (error: unknown) => void): (error: unknown) => void {
  const before = report;
  report = listener;
  return before;
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error), { type: 'WindhoverConsumerError' });
}
