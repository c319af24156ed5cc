import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { checkPassword } from '../src/lib/password/check-password.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0 || process.env['WINDHOVER_REQUIRE_PEERS'] === '1';

describe('checkPassword()', () => {
  it.runIf(hasOpenssl).each(['-apr1', '-5', '-6'])(
    'agrees with `openssl passwd %s` on passwords around the sizes of its blocks',
    async (method) => {
      const passwords = [1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 90].map((size) =>
        'pä$wörd:0123456789'.repeat(6).slice(0, size),
      );
      const printed = execFileSync('openssl', ['passwd', method, '-stdin'], { input: `${passwords.join('\n')}\n` });
      const hashes = printed.toString().trim().split('\n');
      const results = await Promise.all(hashes.map((hash, index) => checkPassword(passwords[index]!, hash)));
      expect(results).toEqual(passwords.map(() => true));
    },
  );
});
