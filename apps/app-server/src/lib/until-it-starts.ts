import { explain } from './explain.ts';
import { folderState, watchFolder } from './watch-folder.ts';

/**
 * Runs the application. If the application does not start, waits until a file in the folder has changed and runs it again. All other
 * errors, such as a port in use, are thrown.
 */
export async function untilItStarts(
  folder: string,
  run: () => Promise<number>,
  complain: (text: string) => void,
): Promise<number> {
  for (;;) {
    const before = folderState(folder); // a change during the start counts
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
