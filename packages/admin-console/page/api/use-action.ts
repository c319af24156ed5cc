import { useState } from 'preact/hooks';
import { say } from '../parts/announcer.tsx';

/** Something that the user does: whether it runs, and what went wrong. */
export interface Action {
  readonly isRunning: boolean;
  readonly error: string | null;
  /** Runs it; `done` is said when it worked. Resolves to whether it did. */
  run(work: () => Promise<unknown>, done?: string): Promise<boolean>;
  clear(): void;
}

export function useAction(): Action {
  const [state, setState] = useState<{ isRunning: boolean; error: string | null }>({ isRunning: false, error: null });
  return {
    ...state,
    async run(work, done) {
      setState({ isRunning: true, error: null });
      try {
        await work();
        setState({ isRunning: false, error: null });
        if (done !== undefined) say(done);
        return true;
      } catch (error) {
        setState({ isRunning: false, error: (error as Error).message });
        return false;
      }
    },
    clear: () => setState({ isRunning: false, error: null }),
  };
}
