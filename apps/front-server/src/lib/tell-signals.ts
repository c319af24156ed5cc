/** Says that the server stops, and calls `onSecond` when somebody does not want to wait for that. The supervisor stops by itself. */
export function tellSignals(onSecond: () => void): void {
  let signals = 0;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => process.stdout.write(`${signal}: stopping. A second signal ends at once.\n`));
    process.on(signal, () => {
      signals += 1;
      if (signals > 1) onSecond();
    });
  }
}
