import { type BodyPlan, type OpenedBody, pushBodyRules } from '@windhover/testing';
import { describe, it } from 'vitest';
import { BodySource } from './body-source.ts';

/** Does what a connection does with the bytes of a request: it tells what is wanted, as soon as it is. */
function openSource({ chunks, failure }: BodyPlan): OpenedBody {
  const rest = chunks.map((chunk) => new Uint8Array(chunk));
  let isOver = false;
  let isTelling = false;
  const tell = (): void => {
    if (isTelling) return;
    isTelling = true;
    while (source.isWanted && rest.length > 0) {
      const chunk = rest.shift()!;
      source.push(chunk);
      chunk.fill(0x2a);
    }
    isTelling = false;
    if (isOver || !source.isWanted) return;
    isOver = true;
    if (failure === null) source.finish(undefined);
    else source.fail(failure);
  };
  const source: BodySource = new BodySource(null, {
    bodyWanted: () => queueMicrotask(tell),
    bodyUnwanted: () => undefined,
  });
  return { body: source, isReleased: () => isOver || source.isCancelled };
}

describe('BodySource', () => {
  for (const rule of pushBodyRules) it(rule.name, () => rule.run(openSource));
});
