// Around each test file that shares its process with others: what it changes there for all of them, it has to undo.
import { afterAll, expect } from 'vitest';

/** What libraries and tests are known to replace. */
const globals = ['fetch', 'Request', 'Response', 'Headers', 'FormData', 'AbortController', 'AbortSignal', 'Date', 'URL']
  .concat(['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'ReadableStream', 'WebSocket'])
  .filter((name) => name in globalThis);

/** What the files of a process share, beside the modules. */
function shared(): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>([
    ['the working folder', process.cwd()],
    ...Object.entries(process.env).map(([name, value]) => [`process.env.${name}`, value] as const),
    ...globals.map((name) => [`globalThis.${name}`, Reflect.get(globalThis, name)] as const),
  ]);
}

const before = shared();

afterAll(() => {
  const after = shared();
  const names = new Set([...before.keys(), ...after.keys()]);
  const changed = [...names].filter((name) => before.get(name) !== after.get(name));
  expect(changed, 'what this file has changed for others: undo it, or list the file under `alone`').toEqual([]);
});
