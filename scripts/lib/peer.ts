import { execFileSync } from 'node:child_process';

/**
 * Whether a real peer is installed, for `describe.skipIf(!hasPeer('nginx'))`. With `WINDHOVER_REQUIRE_PEERS=1`, as in CI, a missing
 * one is an error: a skipped test must not hide a gap.
 */
export function hasPeer(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch (error) {
    if (process.env['WINDHOVER_REQUIRE_PEERS'] !== '1') return false;
    throw new Error(`${program} is not installed: .ci/run installs every peer`, { cause: error });
  }
}

/** The Python that Debian's packages install their modules for. */
export const systemPython = '/usr/bin/python3';

/** The same as `hasPeer` for a module of that Python. */
export function hasPythonModule(name: string): boolean {
  try {
    execFileSync(systemPython, ['-c', `import ${name}`], { stdio: 'ignore' });
    return true;
  } catch (error) {
    if (process.env['WINDHOVER_REQUIRE_PEERS'] !== '1') return false;
    throw new Error(`the Python module ${name} is not installed: .ci/run installs every peer`, { cause: error });
  }
}
