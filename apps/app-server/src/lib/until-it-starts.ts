import { explain } from './explain.ts';
import { folderState, watchFolder } from './watch-folder.ts';

/**
 * Runs, and as long as the application does not start, waits until a file in the folder has changed and runs again. Whatever else is wrong, a port in
 * use for instance, comes through.
 */
export async function untilItStarts(
  folder: string,
  run: () => Promise<number>,
  complain: (text: string) => void,
): Promise<number> {
  for (;;) {
    const before = folderState(folder); // a change while it starts counts
    try {
      return await run();
    } catch (error) {
      if (Object(error).code !== 'SUPERVISOR_WORKER_FAILED') throw error;
      complain(`${explain(error)}. It is tried again when a file in ${folder} changes.`);
    }
    await nextChange(folder, before);
  }
}

function nextChange(folder: string, before: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watchFolder(
      folder,
      () => {
        watcher.close();
        resolve();
      },
      before,
    );
  });
}
