import { type BodyPlan, type OpenedBody, pushBodyRules } from '@windhover/testing';
import { describe, it } from 'vitest';
import { ResponseBody } from './response-body.ts';

/** Acts as the connection of an answer: its bytes wait while it is held, its end does not. */
function openResponse({ chunks, failure }: BodyPlan): OpenedBody {
  const rest = chunks.map((chunk) => new Uint8Array(chunk));
  let isHeld = true;
  let isOver = false;
  const receive = (): void => {
    while (!isHeld && !isOver) {
      const chunk = rest.shift();
      if (chunk !== undefined) {
        body.push(chunk);
        chunk.fill(0x2a);
      }
      if (rest.length > 0 || isOver) continue;
      isOver = true;
      if (failure === null) body.end(undefined);
      else body.fail(failure);
    }
  };
  const body: ResponseBody = new ResponseBody(null, {
    pauseBody: () => {
      isHeld = true;
    },
    resumeBody: () => {
      isHeld = false;
      queueMicrotask(receive);
    },
    cancelBody: () => {
      isOver = true;
    },
  });
  return { body, isReleased: () => isOver };
}

describe('ResponseBody', () => {
  for (const rule of pushBodyRules) it(rule.name, () => rule.run(openResponse));
});
