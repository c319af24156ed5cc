import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { type BodyPlan, type OpenedBody, pushBodyRules, pushBodyRulesWithoutFailure } from '@windhover/testing';
import { describe, it } from 'vitest';
import { MessageBody } from './message-body.ts';
import { OutgoingBody, type Write } from './outgoing-body.ts';

const asWrites = (chunks: readonly Uint8Array[]): Write[] =>
  chunks.map((data) => ({ data, encoding: 'utf8', callback: null }));

/** An application that wrote some of its answer before anybody read it, and writes the rest as it may. */
function openOutgoing({ chunks, failure }: BodyPlan, early: number): OpenedBody {
  const writes = asWrites(chunks);
  let isReleased = false;
  let isEnded = false;
  const writeOn = (): void => {
    for (let goesOn = true; goesOn && writes.length > 0; ) goesOn = body.write(writes.shift()!, 16_384);
    if (writes.length > 0 || isEnded) return;
    isEnded = true;
    if (failure === null) body.end(undefined);
    else body.fail(failure);
    isReleased = true;
  };
  const written = writes.splice(0, early);
  const waiting = written.reduce((sum, { data }) => sum + data.length, 0);
  const body: OutgoingBody = new OutgoingBody(null, written, waiting, {
    bodyDrained: () => queueMicrotask(writeOn),
    bodyWaits: () => undefined,
    bodyCancelled: () => {
      isReleased = true;
    },
  });
  if (writes.length === 0) writeOn();
  return { body, isReleased: () => isReleased };
}

/** What Node's parser does with the body of a request. */
function openMessage({ chunks }: BodyPlan, isHere: boolean): OpenedBody {
  const rest = [...chunks];
  const message = new IncomingMessage(new Socket());
  const isDone = (): boolean => rest.length === 0 && !message.complete;
  const receive = (): void => {
    if (message.destroyed) return;
    const chunk = rest.shift();
    if (chunk !== undefined) message.push(Buffer.from(chunk));
    if (!isDone()) return;
    message.complete = true;
    message.push(null);
  };
  message._read = receive;
  if (isHere) while (!message.complete) receive();
  const body = new MessageBody(message);
  return { body, isReleased: () => message.listenerCount('readable') === 0 && message.listenerCount('close') === 0 };
}

describe('OutgoingBody', () => {
  for (const rule of pushBodyRules) it(rule.name, () => rule.run((plan) => openOutgoing(plan, 0)));
});

describe('OutgoingBody of what was written before', () => {
  for (const rule of pushBodyRules) it(rule.name, () => rule.run((plan) => openOutgoing(plan, 100)));
});

describe('MessageBody', () => {
  for (const rule of pushBodyRulesWithoutFailure) it(rule.name, () => rule.run((plan) => openMessage(plan, false)));
});

describe('MessageBody of a request that is wholly here', () => {
  for (const rule of pushBodyRulesWithoutFailure) it(rule.name, () => rule.run((plan) => openMessage(plan, true)));
});
