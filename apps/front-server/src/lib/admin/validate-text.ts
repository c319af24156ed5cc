import type { ApiValidation } from '@windhover/admin';
import type { Problem, Source } from '@windhover/config';
import { certificateFault } from '../certificate-fault.ts';
import { inspectConfig } from '../inspect-config.ts';

/** Says what is wrong with the text of a configuration, as `windhover check` does. Opens and starts nothing. */
export function validateText(source: Source): Promise<ApiValidation> {
  return inspectConfig(source, async (loaded) => {
    if (!loaded.ok)
      return { ok: false, problems: loaded.problems.map((problem) => toApi(problem, source.file, false)) };
    const warnings = loaded.warnings.map((problem) => toApi(problem, source.file, true));
    const fault = await certificateFault(loaded.config);
    if (fault === null) return { ok: true, problems: warnings };
    const problem = { message: fault, path: '', line: null, column: null, isWarning: false };
    return { ok: false, problems: [problem, ...warnings] };
  });
}

/** A problem of an included file is told with its name, since the lines are not those of the text. */
function toApi(problem: Problem, file: string, isWarning: boolean): ApiValidation['problems'][number] {
  const { message, suggestion, path, line, column } = problem;
  const isHere = problem.file === file;
  const text = suggestion === null ? message : `${message}. Did you mean \`${suggestion}\`?`;
  return {
    message: isHere ? text : `${problem.file}:${line}: ${text}`,
    path,
    line: isHere && line > 0 ? line : null,
    column: isHere && line > 0 ? column : null,
    isWarning,
  };
}
