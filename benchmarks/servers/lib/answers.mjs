// The answers of every server, whatever it is made of.

export const text = 'Hello, world\n';
export const textType = 'text/plain; charset=utf-8';
export const jsonType = 'application/json; charset=utf-8';

/** Four pieces of 16 KiB, sent one by one without announcing the length. */
export const pieces = Array.from({ length: 4 }, (_, index) => Buffer.alloc(16_384, 'abcd'[index]));

/** 16 KB of JSON. */
export const rows = Array.from({ length: 192 }, (_, id) => {
  return {
    id,
    name: `user ${id}`,
    email: `user${(id * 7919) % 1000}@example.com`,
    score: (id * 31) % 97,
    tags: ['a', 'b'],
  };
});

/** As they are the defaults of Windhover, for all servers. */
export const levels = { gzip: 6, br: 4 };

/** The answer to an order. */
export function summary(order) {
  return { id: order.id, items: order.items.length, total: order.items.reduce((sum, item) => sum + item.amount, 0) };
}

/** As long as the default of Windhover and Kestrel, because idle connections must outlive the measurement. */
export const keepAliveTimeoutMs = 130_000;
