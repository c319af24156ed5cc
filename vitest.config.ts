import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Not `import`: the runner gives these to Node too, whose `require` would then take modules.
const conditions = ['windhover-source', 'node'];
const source = { resolve: { conditions }, ssr: { resolve: { conditions } } };
// A busy machine may take long for what `expect.poll` waits for.
const expectLimits = { poll: { timeout: 20_000 } };
const limits = { pool: 'forks', testTimeout: 30_000, hookTimeout: 30_000, expect: expectLimits } as const;

export default defineConfig({
  test: {
    globalSetup: 'scripts/lib/temporary-folder.ts',
    maxWorkers: availableParallelism() + 1, // many tests wait for processes and peers
    projects: [
      {
        ...source,
        test: {
          ...limits,
          name: 'units',
          include: ['{packages,apps}/*/src/**/*.test.ts'],
          isolate: false, // the files share one set of modules: loading it for each took longer than the tests
        },
      },
      {
        ...source,
        test: {
          ...limits,
          name: 'whole',
          include: ['{packages,apps}/*/test/**/*.test.ts', 'scripts/**/*.test.ts', 'examples/**/*.test.ts'],
        },
      },
    ],
  },
});
