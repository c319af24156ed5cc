import { fileURLToPath } from 'node:url';
import { runProgram } from './programs.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The lines that `parse-head.mjs` prints under this Node. */
export async function measureParseHead(node) {
  return (await runProgram(node, [here('../parse-head.mjs')])).stdout.trim();
}

/** Nanoseconds that five middlewares add to a handler. */
export async function measureCompose(node) {
  const nanoseconds = async (count) => Number((await runProgram(node, [here('../compose.mjs'), String(count)])).stdout);
  return Math.max(0, (await nanoseconds(5)) - (await nanoseconds(0)));
}
