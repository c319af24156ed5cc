/** Reads something again and again, never twice at a time. */
export interface Refresher {
  /** Reads it now; if a reading is under way, once more after it. Resolves when what was read began after the call. */
  now(): Promise<void>;
  /** Reads it in a moment: many calls make one reading. */
  soon(): void;
  stop(): void;
}

/** Events may come faster than lists can be read. */
const gapMs = 500;

export function createRefresher(read: () => Promise<void>): Refresher {
  let running: Promise<void> | null = null;
  let isAskedAgain = false;
  let isStopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const run = async (): Promise<void> => {
    do {
      isAskedAgain = false;
      await read();
    } while (isAskedAgain && !isStopped);
    running = null;
  };

  const now = (): Promise<void> => {
    if (running === null) running = run();
    else isAskedAgain = true;
    return running;
  };

  return {
    now,
    soon() {
      timer ??= setTimeout(() => {
        timer = undefined;
        void now();
      }, gapMs);
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
