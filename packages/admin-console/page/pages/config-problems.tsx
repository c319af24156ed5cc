import { plural } from '../lib/format.ts';
import type { Validation } from './use-validation.ts';

interface ProblemsProps {
  readonly isChanged: boolean;
  readonly validation: Validation;
  readonly onGo: (place: { line: number; column: number }) => void;
}

/** What is wrong with the text, each with a way to its place. */
export function Problems({ isChanged, validation: { result, error }, onGo }: ProblemsProps) {
  const problems = result?.problems ?? [];
  const faults = problems.filter(({ isWarning }) => !isWarning).length;
  return (
    <div class="problems" id="config-problems">
      <p role="status" class={faults > 0 || error !== null ? 'text-bad' : 'muted'}>
        {verdict()}
      </p>
      {problems.length > 0 && (
        <ul>
          {problems.map(({ message, path, line, column, isWarning }) => (
            <li key={`${line} ${column} ${message}`}>
              <span class={isWarning ? 'status warn' : 'status bad'}>{isWarning ? 'warning' : 'error'}</span>
              {line !== null && (
                <button type="button" class="link" onClick={() => onGo({ line, column: column ?? 1 })}>
                  Line {line}
                </button>
              )}
              <span>
                {path !== '' && <code class="muted">{path}</code>} {message}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );

  function verdict(): string {
    if (error !== null) return `It could not be checked: ${error}`;
    if (!isChanged) return 'Unchanged';
    if (result === null) return 'Checking …';
    if (faults > 0) return plural(faults, 'error');
    return problems.length === 0 ? 'Valid' : `Valid, with ${plural(problems.length, 'warning')}`;
  }
}
