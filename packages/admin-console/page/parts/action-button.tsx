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
    <button type="button" class="button small" disabled={isBusy} onClick={onClick}>
      {name}
      <span class="unseen"> {of}</span>
    </button>
  );
}
