/** Text as a program has written it. */
export function Output({ title, text }: { title: string; text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section class="output" aria-label={title} tabIndex={0}>
      <pre>{text}</pre>
    </section>
  );
}
