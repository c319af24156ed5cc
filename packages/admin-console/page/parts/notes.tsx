import type { ComponentChildren } from 'preact';
import type { Resource } from '../api/use-resource.ts';
import { sentence } from '../lib/format.ts';

/** What went wrong, where it happened. */
export function ErrorNote({ text, onRetry }: { text: string; onRetry?: () => void }) {
  return (
    <div class="note error" role="alert">
      <p>{sentence(text)}</p>
      {onRetry !== undefined && (
        <button type="button" class="button small" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** There is nothing yet: why, and what would make something appear. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children !== undefined && <p>{children}</p>}
    </div>
  );
}

interface LoadedProps<T> {
  readonly of: Resource<T>;
  readonly children: (data: T) => ComponentChildren;
}

/** What was read, or that it is being read, or why it could not be. Old data stay visible beside a new error. */
export function Loaded<T>({ of: { data, error, reload }, children }: LoadedProps<T>) {
  return (
    <>
      {error !== null && <ErrorNote text={error.message} onRetry={() => void reload()} />}
      {data === null
        ? error === null && (
            <p class="loading" aria-busy="true">
              Loading …
            </p>
          )
        : children(data)}
    </>
  );
}
