/**
 * Resolves with the first SIGINT or SIGTERM, which asks the process to stop. From this call on these signals no longer
 * end the process: your code must.
 *
 * @param onAgain is called with each further signal, sent by somebody who does not want to wait, and with the exit code
 *   that shells expect: 128 plus the number of the signal. Usually `(_signal, exitCode) => process.exit(exitCode)`
 */
export function stopSignal(onAgain: (signal: NodeJS.Signals, exitCode: number) => void): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let isStopping = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (isStopping) onAgain(signal, signal === 'SIGINT' ? 130 : 143);
      isStopping = true;
      resolve(signal);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
