import { type BodyPlan, type OpenBody, openLentBody, pushBodyRules } from '@windhover/testing';
import { describe, it } from 'vitest';
import { CountedBody } from './counted-body.ts';
import { HostBody } from './host-body.ts';
import { WebBody } from './web-request.ts';

/** A web stream as hosts give them. */
function openStream({ chunks, failure }: BodyPlan): { stream: ReadableStream<Uint8Array>; isReleased(): boolean } {
  const rest = [...chunks];
  let isReleased = false;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const chunk = rest.shift();
      if (chunk !== undefined) return controller.enqueue(chunk);
      isReleased = true;
      if (failure === null) controller.close();
      else controller.error(failure);
    },
    cancel: () => {
      isReleased = true;
    },
  });
  return { stream, isReleased: () => isReleased };
}

const openHost: OpenBody = (plan) => {
  const { stream, isReleased } = openStream(plan);
  return { body: new HostBody(stream), isReleased };
};

const openWeb: OpenBody = (plan) => {
  const { stream, isReleased } = openStream(plan);
  const init = { method: 'POST', body: stream, duplex: 'half' } as RequestInit;
  return { body: new WebBody(new Request('http://localhost/', init), null), isReleased };
};

const openCounted: OpenBody = (plan) => {
  const { body, isReleased } = openLentBody(plan);
  return { body: new CountedBody(body, body.length), isReleased };
};

describe('CountedBody', () => {
  for (const rule of pushBodyRules) it(rule.name, () => rule.run(openCounted));
});

describe('the body of a host as a response', () => {
  for (const rule of pushBodyRules) it(rule.name, () => rule.run(openHost));
});

describe('the body of a Request', () => {
  for (const rule of pushBodyRules) it(rule.name, () => rule.run(openWeb));
});
