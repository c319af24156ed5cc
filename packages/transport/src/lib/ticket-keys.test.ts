import { describe, expect, it } from 'vitest';
import { createTicketKeys, sharedTicketKeys, ticketKeysOf } from './ticket-keys.ts';

const hour = 3_600_000;
const now = Date.UTC(2026, 5, 1);

describe('TicketKeys', () => {
  it('have 48 bytes, and another key every twelve hours', () => {
    const keys = createTicketKeys(now);
    keys.periodAt(now);
    const first = keys.current;
    expect(first).toHaveLength(48);
    keys.periodAt(now + 11.9 * hour);
    expect(keys.current).toBe(first);
    expect(keys.periodAt(now + 12 * hour)).toBe(keys.periodAt(now) /* set back */);
    expect(keys.current.equals(first)).toBe(false);
  });

  it('are the same where the state was handed on, then and later', () => {
    const keys = createTicketKeys(now);
    const state = keys.stateAt(now + 13 * hour);
    const other = ticketKeysOf(JSON.parse(JSON.stringify(state)) as typeof state);
    for (const each of [keys, other]) each.periodAt(now + 30 * hour);
    expect(other.current.equals(keys.current)).toBe(true);
    expect(createTicketKeys(now).current.equals(createTicketKeys(now).current)).toBe(false);
  });

  it('of a shared secret are the same everywhere, whenever a machine has started', () => {
    const secret = Buffer.alloc(32, 7);
    const [one, other] = [sharedTicketKeys(secret), sharedTicketKeys(secret)];
    one.periodAt(now);
    for (const each of [one, other]) each.periodAt(now + 24 * hour);
    expect(one.current.equals(other.current)).toBe(true);
    const foreign = sharedTicketKeys(Buffer.alloc(32, 8));
    foreign.periodAt(now + 24 * hour);
    expect(foreign.current.equals(one.current)).toBe(false);
  });
});
