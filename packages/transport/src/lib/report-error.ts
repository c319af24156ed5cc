/** Where errors of consumers go that nobody can catch: the process' own handler for them. Default: a warning on stderr. */
let report = (error: unknown): void => {
  process.emitWarning(error instanceof Error ? error : String(error), { type: 'WindhoverConsumerError' });
};

/** A bug in a consumer must not take the process down, nor pass in silence. */
export function reportError(error: unknown): void {
  report(error);
}

/** Sends those errors elsewhere, a log for instance. Returns what was set before. */
export function onConsumerError(listener: (error: unknown) => void): (error: unknown) => void {
  const before = report;
  report = listener;
  return before;
}
