import { useFollowEnd } from './use-follow-end.ts';

/** Text as a program has written it; its end is what is seen first. */
export function Output({ title, text }: { title: string; text: string }) {
  const follow = useFollowEnd(text);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section {...follow} class="output" aria-label={title} tabIndex={0}>
      <pre>{text}</pre>
    </section>
  );
}
