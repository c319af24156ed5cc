import type { ApiApplied, ApiConfig, ApiValidation } from '@windhover/admin';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { apiSend } from '../api/client.ts';
import { ApiError } from '../lib/api-error.ts';
import { hunks, lineDiff } from '../lib/line-diff.ts';
import { say } from '../parts/announcer.tsx';
import { DiffView } from '../parts/diff-view.tsx';
import { ErrorNote } from '../parts/notes.tsx';

interface ApplyDialogProps {
  readonly config: ApiConfig;
  readonly text: string;
  readonly onClose: (isApplied: boolean) => void;
}

/** What would change, and a note about why. */
export function ApplyDialog({ config, text, onClose }: ApplyDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [error, setError] = useState<string | null>(null);
  const [isRunning, setIsRunning] = useState(false);
  const lines = useMemo(() => hunks(lineDiff(config.text, text)), [config.text, text]);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const apply = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const note = String(new FormData(event.currentTarget as HTMLFormElement).get('note') ?? '').trim();
    setIsRunning(true);
    try {
      const body = { text, hash: config.hash, ...(note === '' ? {} : { note }) };
      const { edition } = await apiSend<ApiApplied>('PUT', '/config', body);
      say(`Edition ${edition} is in effect`);
      onClose(true);
      // The button that opened this can do nothing now. Nothing outside of the dialog takes the focus while it is there.
      setTimeout(() => document.getElementById('page-title')?.focus());
    } catch (failure) {
      setError(reasonOf(failure as ApiError));
      setIsRunning(false);
    }
  };
  return (
    <dialog ref={dialog} class="dialog large" aria-labelledby="apply-title" onClose={() => onClose(false)}>
      <form onSubmit={(event) => void apply(event)}>
        <h2 id="apply-title">Apply these changes?</h2>
        <DiffView title="What changes" lines={lines} />
        {error !== null && <ErrorNote text={error} />}
        <label class="field note-field">
          Note for the history
          <input name="note" maxLength={200} placeholder="why it changes" autocomplete="off" />
        </label>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class="button primary" disabled={isRunning}>
            {isRunning ? 'Applying …' : 'Apply'}
          </button>
        </div>
      </form>
    </dialog>
  );
}

function reasonOf(error: ApiError): string {
  if (!(error instanceof ApiError)) return String(error);
  if (error.status === 409) return `${error.message}. Close this and look at what has changed before you apply again`;
  const problems = (error.body as Partial<ApiValidation> | null)?.problems;
  if (error.status !== 422 || problems === undefined) return error.message;
  return problems.map(({ line, message }) => (line === null ? message : `line ${line}: ${message}`)).join('; ');
}
