interface ActionButtonProps {
  readonly name: string;
  /** What it acts on, for those who do not see the row. */
  readonly of: string;
  readonly isBusy: boolean;
  readonly onClick: () => void;
}

/** A small button in a row or a heading. */
export function ActionButton({ name, of, isBusy, onClick }: ActionButtonProps) {
  return (
    // A button that is disabled while it works would lose the focus.
    <button type="button" class="button small" aria-disabled={isBusy} onClick={() => isBusy || onClick()}>
      {name}
      <span class="unseen"> {of}</span>
    </button>
  );
}
