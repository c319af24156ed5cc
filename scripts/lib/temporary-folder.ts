import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One temporary folder for everything a run of the tests leaves behind, taken away at its end. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'windhover-'));
  chmodSync(folder, 0o1777); // as /tmp: some tests begin programs of other users
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
