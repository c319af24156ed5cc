/** The actions of signals. */
export interface SignalActions {
  /** On the first SIGTERM or SIGINT. */
  stop(): void;
  /** On another SIGTERM or SIGINT: the sender does not want to wait. */
  stopAtOnce(): void;
  /** On SIGHUP. */
  reload(): void;
}

/** Handles the signals of service managers and terminals. Call the returned function to stop that. */
export function listenToSignals(actions: SignalActions): () => void {
  let isStopping = false;
  const onStop = (): void => {
    if (isStopping) actions.stopAtOnce();
    else actions.stop();
    isStopping = true;
  };
  const onReload = (): void => actions.reload();
  process.on('SIGTERM', onStop).on('SIGINT', onStop).on('SIGHUP', onReload);
  return () => {
    process.off('SIGTERM', onStop).off('SIGINT', onStop).off('SIGHUP', onReload);
  };
}
