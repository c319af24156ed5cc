import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One folder for everything that a run writes; it is removed with the process. */
export const temporaryFolder = mkdtempSync(join(tmpdir(), 'bench-'));
process.once('exit', () => rmSync(temporaryFolder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
