import { Readable } from 'node:stream';
import { describe, it } from 'vitest';
// By path, since `core` cannot depend on a package that depends on it.
import {
  type BodyPlan,
  type OpenBody,
  openLentBody,
  type PushBodyRule,
  pushBodyRules,
  pushBodyRulesWithoutFailure,
} from '../../../testing/src/index.ts';
import type { ReadBody } from './body.ts';
import { RequestBody } from './request-body.ts';
import { toPushBody } from './to-push-body.ts';

const keepsRules = (name: string, open: OpenBody, rules: readonly PushBodyRule[] = pushBodyRules): void => {
  describe(name, () => {
    for (const rule of rules) it(rule.name, () => rule.run(open));
  });
};

async function* give({ chunks, failure }: BodyPlan): AsyncGenerator<Uint8Array> {
  yield* chunks;
  if (failure !== null) throw failure;
}

/** A file of some bytes. It gives few at a time, and fails after its last one. */
function readable({ chunks, failure }: BodyPlan): { body: ReadBody; isClosed(): boolean } {
  const content = Buffer.concat(chunks);
  let isClosed = false;
  const body: ReadBody = {
    length: content.byteLength + (failure === null ? 0 : 1),
    read: async (into, position) => {
      if (position === content.byteLength && failure !== null) throw failure;
      return content.copy(into, 0, position, Math.min(position + 1000, content.byteLength));
    },
    close: () => {
      isClosed = true;
    },
  };
  return { body, isClosed: () => isClosed };
}

const isAlwaysReleased = (): boolean => true;

keepsRules(
  'toPushBody() of text',
  ({ chunks }) => ({ body: toPushBody(Buffer.concat(chunks).toString()), isReleased: isAlwaysReleased }),
  pushBodyRulesWithoutFailure,
);

keepsRules(
  'toPushBody() of bytes',
  ({ chunks }) => ({ body: toPushBody(Buffer.concat(chunks)), isReleased: isAlwaysReleased }),
  pushBodyRulesWithoutFailure,
);

keepsRules('toPushBody() of a ReadBody', (plan) => {
  const { body, isClosed } = readable(plan);
  return { body: toPushBody(body), isReleased: isClosed };
});

keepsRules('toPushBody() of a ReadBody whose bytes have left', (plan) => {
  const { body, isClosed } = readable(plan);
  return { body: toPushBody(body, () => true), isReleased: isClosed };
});

keepsRules('toPushBody() of an iterable', (plan) => {
  const iterator = give(plan);
  let isReleased = false;
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    const result = await iterator.next().finally(() => undefined);
    if (result.done === true) isReleased = true;
    return result;
  };
  const end = async (): Promise<IteratorResult<Uint8Array>> => {
    isReleased = true;
    return iterator.return(undefined);
  };
  const body = { [Symbol.asyncIterator]: () => ({ next, return: end }) };
  return { body: toPushBody(body), isReleased: () => isReleased || plan.failure !== null };
});

keepsRules('toPushBody() of a Readable', (plan) => {
  const body = Readable.from(give(plan), { objectMode: false });
  return { body: toPushBody(body), isReleased: () => body.destroyed };
});

keepsRules('toPushBody() of a web stream', (plan) => {
  const iterator = give(plan);
  let isReleased = false;
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await iterator.next().catch((error: unknown) => {
        isReleased = true;
        throw error;
      });
      if (done !== true) return controller.enqueue(value);
      isReleased = true;
      controller.close();
    },
    cancel: () => {
      isReleased = true;
    },
  });
  return { body: toPushBody(body as AsyncIterable<Uint8Array>), isReleased: () => isReleased };
});

keepsRules('RequestBody', (plan) => {
  const { body, isReleased } = openLentBody(plan);
  return { body: new RequestBody(body), isReleased };
});

keepsRules('RequestBody that keeps what it reads', (plan) => {
  const { body, isReleased } = openLentBody(plan);
  const request = new RequestBody(body);
  request.keep(1_000_000);
  return { body: request, isReleased };
});

const rewound: OpenBody = async (plan) => {
  const { body, isReleased } = openLentBody(plan);
  const request = new RequestBody(body);
  request.keep(1_000_000);
  let writes = 0;
  request.start({ write: () => ++writes < 3, end: () => undefined, fail: () => undefined });
  request.rewind();
  return { body: request, isReleased };
};

keepsRules('RequestBody that begins again', rewound);

keepsRules(
  'RequestBody that was read as a whole before',
  async (plan) => {
    const { body } = openLentBody(plan);
    const request = new RequestBody(body);
    await request.bytes();
    return { body: request, isReleased: isAlwaysReleased };
  },
  pushBodyRulesWithoutFailure,
);
