import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { shareShape } from './share-shape.ts';

it.each(['as it was made', 'with another prototype'])('changes nothing of a message %s but how V8 keeps it', (kind) => {
  const message = new IncomingMessage(new Socket());
  const told: string[] = [];
  message.on('custom', () => told.push('custom'));
  if (kind !== 'as it was made') Object.setPrototypeOf(message, Object.create(IncomingMessage.prototype));
  const before = Object.getOwnPropertyDescriptors(message);
  const prototype = Object.getPrototypeOf(message);
  shareShape(message, IncomingMessage.prototype);
  expect(Object.getOwnPropertyDescriptors(message)).toEqual(before);
  expect(Object.getPrototypeOf(message)).toBe(prototype);
  message.emit('custom');
  expect(told).toEqual(['custom']);
});
