import { diskOf, formatProblems } from '@windhover/config';
import { certificateFault } from './certificate-fault.ts';
import { inspectConfig } from './inspect-config.ts';
import type { ConfigEdition } from './worker-questions.ts';

/** Describes what is wrong with a configuration; `null`: nothing. Opens and starts nothing. */
export function configProblems({ file, snapshot }: ConfigEdition): Promise<string | null> {
  return inspectConfig(
    file,
    async (loaded) => (loaded.ok ? certificateFault(loaded.config) : formatProblems(loaded.problems).trimEnd()),
    { disk: diskOf(snapshot) },
  );
}
