/** What signals do. */
export interface SignalActions {
  /** The first SIGTERM or SIGINT. */
  stop(): void;
  /** Another one: somebody does not want to wait. */
  stopAtOnce(): void;
  /** SIGHUP. */
  reload(): void;
}

/** Listens to the signals of service managers and terminals. The function returned stops that. */
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
