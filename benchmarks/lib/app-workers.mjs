import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const program = here('../../apps/app-server/dist/main.js');
const app = here('../servers/app.mjs');

/** The app server with one worker and with two, on the same core: the cost of sharing the work. */
export const appWorkers = [1, 2].map((count) => ({
  id: `workers-${count}`,
  name: `windhover-app --workers ${count}`,
  core: 0,
  command: ({ node, port }) => [node, program, app, '--port', String(port), '--workers', String(count)],
}));
