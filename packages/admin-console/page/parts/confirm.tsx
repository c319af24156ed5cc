import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useStore } from '../api/use-store.ts';
import { createStore } from '../lib/store.ts';

interface Question {
  readonly title: string;
  readonly text: ComponentChildren;
  /** What the button does: `Stop shop-api`. */
  readonly action: string;
  readonly isDangerous?: boolean;
}

const asked = createStore<(Question & { answer(isYes: boolean): void }) | null>(null);

/** Asks before something that cannot be taken back easily. */
export function confirm(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    asked.value?.answer(false);
    asked.set({
      ...question,
      answer: (isYes) => {
        asked.set(null);
        resolve(isYes);
      },
    });
  });
}

/** Where questions are shown; once on the page. */
export function ConfirmDialog() {
  const question = useStore(asked);
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    if (question !== null) dialog.current?.showModal();
    else dialog.current?.close(); // gives the focus back to where it was
  }, [question]);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="confirm-title"
      aria-describedby="confirm-text"
      onClose={() => question?.answer(false)}
    >
      {question !== null && (
        <>
          <h2 id="confirm-title">{question.title}</h2>
          <div id="confirm-text">{question.text}</div>
          <div class="dialog-buttons">
            <button type="button" class="button" onClick={() => question.answer(false)}>
              Cancel
            </button>
            <button
              type="button"
              class={question.isDangerous === false ? 'button primary' : 'button danger'}
              onClick={() => question.answer(true)}
            >
              {question.action}
            </button>
          </div>
        </>
      )}
    </dialog>
  );
}
