import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Not `import`: the runner gives these to Node too, whose `require` would then take modules.
const conditions = ['windhover-source', 'node'];
const built = { resolve: { conditions: ['node'] }, ssr: { resolve: { conditions: ['node'] } } };
const source = { resolve: { conditions }, ssr: { resolve: { conditions } } };
/** A test passes long before these times; they only end one that hangs. */
const limitsOf = (longestMs: number) =>
  ({
    pool: 'forks',
    testTimeout: longestMs,
    hookTimeout: longestMs,
    expect: { poll: { timeout: (longestMs * 2) / 3 } },
  }) as const;

/** Files that replace modules or globals (our adapters and `@hono/node-server` do), or look at what the whole process holds. */
const alone = [
  'packages/adapter-connect/test/*.test.ts',
  'packages/adapter-fetch/test/*.test.ts',
  'packages/ftp/test/scale.test.ts',
  'packages/http-proxy-compat/test/dev-servers.test.ts',
  'packages/static/test/folder-source.test.ts',
  'packages/supervisor/test/listeners.test.ts',
  'packages/transport/test/{accept-errors,connect}.test.ts',
  'packages/websocket/test/peers.test.ts',
];

export default defineConfig({
  test: {
    globalSetup: 'scripts/lib/temporary-folder.ts',
    maxWorkers: availableParallelism() + 1, // many tests wait for processes and peers
    projects: [
      {
        ...source,
        test: {
          ...limitsOf(30_000),
          name: 'units',
          include: ['{packages,apps}/*/src/**/*.test.ts'],
          isolate: false, // the files share one set of modules: loading it for each took longer than the tests
        },
      },
      {
        ...source,
        test: {
          ...limitsOf(120_000), // a dozen processes may start at once on a busy machine of two cores
          name: 'whole',
          include: ['packages/*/test/**/*.test.ts', 'scripts/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: alone,
          isolate: false,
          setupFiles: ['scripts/lib/overwrite-lent-bytes.ts', 'scripts/lib/leave-no-trace.ts'],
        },
      },
      { ...source, test: { ...limitsOf(120_000), name: 'alone', include: alone } },
      {
        // The servers take the packages as they are built, as their programs do: loading all sources for each file cost two seconds.
        ...built,
        test: { ...limitsOf(120_000), name: 'apps', include: ['apps/*/test/**/*.test.ts'] },
      },
    ],
  },
});
