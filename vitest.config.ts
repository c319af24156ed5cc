import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Not `import`: the runner gives these to Node too, whose `require` would then take modules.
const conditions = ['windhover-source', 'node'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{packages,apps}/*/{src,test}/**/*.test.ts', 'scripts/**/*.test.ts', 'examples/**/*.test.ts'],
    globalSetup: 'scripts/lib/temporary-folder.ts',
    pool: 'forks',
    maxWorkers: availableParallelism(), // one less by default: many tests wait for processes and peers
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
