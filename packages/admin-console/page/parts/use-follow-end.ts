import { useLayoutEffect, useRef } from 'preact/hooks';

/**
 * Keeps an element scrolled to its end while its content grows, unless the user has scrolled up to read. `last` is anything that
 * changes with the content.
 */
export function useFollowEnd(last: unknown) {
  const box = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    if (isAtEnd.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [last]);
  const onScroll = ({ currentTarget }: { readonly currentTarget: HTMLElement }): void => {
    const { scrollTop, scrollHeight, clientHeight } = currentTarget;
    isAtEnd.current = scrollTop + clientHeight > scrollHeight - 30;
  };
  return { ref: box, onScroll };
}
