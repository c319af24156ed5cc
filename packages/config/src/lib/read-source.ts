import { readFile, stat } from 'node:fs/promises';
import { fileProblem, type Problem, type Source } from './problem.ts';

/** Reads the text of a configuration file, or returns the problem that prevents it. */
export async function readSource(file: string): Promise<Source | { readonly problem: Problem }> {
  try {
    // Reading a pipe waits for whoever writes to it, perhaps for ever, and a reload with it.
    if ((await stat(file)).isFIFO())
      return { problem: fileProblem(file, 'expected a configuration file, found a pipe') };
    return { file, text: await readFile(file, 'utf8') };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const found =
      { ENOENT: 'no such file', EISDIR: 'a folder', EACCES: 'a file that may not be read' }[code ?? ''] ?? message;
    return { problem: fileProblem(file, `expected a configuration file, found ${found}`) };
  }
}
