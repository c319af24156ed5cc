import type { DiffLine } from '../lib/line-diff.ts';
import { Empty } from './notes.tsx';

const words = { same: '', added: 'added: ', removed: 'removed: ' } as const;
const signs = { same: ' ', added: '+', removed: '−' } as const;

/** A comparison of two texts. */
export function DiffView({ title, lines }: { title: string; lines: readonly (DiffLine | null)[] }) {
  if (lines.every((line) => line === null || line.kind === 'same')) return <Empty title="Nothing differs" />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section class="diff" aria-label={title} tabIndex={0}>
      <ol>
        {lines.map((line) =>
          line === null ? (
            <li class="gap" aria-hidden="true">
              ⋯
            </li>
          ) : (
            <li class={line.kind}>
              <span class="line-number" aria-hidden="true">
                {line.before ?? ''}
              </span>
              <span class="line-number" aria-hidden="true">
                {line.after ?? ''}
              </span>
              <span class="sign" aria-hidden="true">
                {signs[line.kind]}
              </span>
              <code>
                <span class="unseen">{words[line.kind]}</span>
                {line.text}
              </code>
            </li>
          ),
        )}
      </ol>
    </section>
  );
}
