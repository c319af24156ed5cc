// `prepack` of every package. npm would pack `workspace:^` as it stands, which nobody could install; pnpm writes versions instead.
import { existsSync } from 'node:fs';

if (!process.env.npm_config_user_agent?.startsWith('pnpm/')) {
  console.error('Pack this package with pnpm: `pnpm pack`. npm would leave "workspace:^" in its dependencies.');
  process.exit(1);
}
if (!existsSync('dist')) {
  console.error('There is nothing to pack: build first, by `npm run build` in the root of the repository.');
  process.exit(1);
}
