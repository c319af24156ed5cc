import { useEffect, useId, useMemo, useRef } from 'preact/hooks';
import { EditorLine } from './editor-line.tsx';

/** A line to which something is said. */
export interface LineMark {
  readonly line: number;
  readonly isWarning: boolean;
}

interface CodeEditorProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly marks: readonly LineMark[];
  readonly isReadOnly?: boolean;
  /** The id of the list of problems. */
  readonly describedBy: string;
  /** Where the caret is put when it changes. */
  readonly goTo: { readonly line: number; readonly column: number } | null;
}

/**
 * A text field with line numbers and colours: the field itself lies, with invisible letters, above a drawing of the same text.
 * The tab key moves on, as in every form; a new line begins like the one before.
 */
export function CodeEditor({ label, value, onInput, marks, isReadOnly = false, describedBy, goTo }: CodeEditorProps) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => value.split('\n'), [value]);
  const worst = useMemo(() => worstMarks(marks), [marks]);
  useEffect(() => {
    if (goTo !== null && field.current !== null && box.current !== null)
      showPlace(field.current, box.current, lines, goTo);
    // Only when another place is asked for.
  }, [goTo]);
  return (
    <div class="editor" ref={box}>
      <label class="unseen" for={id}>
        {label}
      </label>
      <div class="editor-inner">
        <div class="editor-drawing" aria-hidden="true">
          {lines.map((line, index) => (
            <EditorLine number={index + 1} text={line} mark={worst.get(index + 1) ?? ''} />
          ))}
        </div>
        <textarea
          ref={field}
          id={id}
          value={value}
          onInput={({ currentTarget }) => onInput(currentTarget.value)}
          onKeyDown={keepIndentation}
          readOnly={isReadOnly}
          spellcheck={false}
          autocapitalize="none"
          autocomplete="off"
          wrap="off"
          aria-describedby={describedBy}
          aria-invalid={marks.some(({ isWarning }) => !isWarning)}
        />
      </div>
    </div>
  );
}

function worstMarks(marks: readonly LineMark[]): ReadonlyMap<number, string> {
  const worst = new Map<number, string>();
  for (const { line, isWarning } of marks)
    if (worst.get(line) !== 'wrong') worst.set(line, isWarning ? 'doubtful' : 'wrong');
  return worst;
}

function keepIndentation(event: KeyboardEvent): void {
  if (event.key !== 'Enter' || event.isComposing) return;
  const field = event.currentTarget as HTMLTextAreaElement;
  if (field.readOnly) return;
  const before = field.value.slice(0, field.selectionStart);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const indentation = /^\s*/.exec(line)![0];
  event.preventDefault();
  document.execCommand('insertText', false, `\n${indentation}`); // the one way that undo knows of
}

function showPlace(
  field: HTMLTextAreaElement,
  box: HTMLElement,
  lines: readonly string[],
  { line, column }: { line: number; column: number },
): void {
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
  field.focus({ preventScroll: true });
  field.setSelectionRange(start, start);
  const height = field.scrollHeight / Math.max(1, lines.length);
  box.scrollTop = Math.max(0, (line - 1) * height - box.clientHeight / 2);
}
