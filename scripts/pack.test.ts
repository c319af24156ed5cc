import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const prepack = join(root, 'scripts/prepack.mjs');
const run = (folder: string, agent: string) =>
  spawnSync(process.execPath, [prepack], {
    cwd: folder,
    env: { ...process.env, npm_config_user_agent: agent },
    encoding: 'utf8',
  });

it('refuses to be packed by npm, which would leave workspace: in the manifest', () => {
  const packed = spawnSync('npm', ['pack', '--dry-run'], { cwd: join(root, 'packages/respond'), encoding: 'utf8' });
  expect(packed.status).not.toBe(0);
  expect(packed.stderr).toContain('Pack this package with pnpm');
});

it('refuses what is not built, and takes what is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pack-'));
  expect(run(folder, 'pnpm/10.0.0')).toMatchObject({ status: 1, stderr: expect.stringContaining('build first') });
  mkdirSync(join(folder, 'dist'));
  expect(run(folder, 'pnpm/10.0.0')).toMatchObject({ status: 0 });
});

it('is asked by every package that is published', () => {
  for (const name of readdirSync(join(root, 'packages'))) {
    const { scripts } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(scripts['prepack'], name).toBe('node ../../scripts/prepack.mjs');
  }
});
