const items = Array.from({ length: 22 }, (_, index) => ({
  name: `Field notes, volume ${index + 1}`,
  amount: index + 1,
}));

/** What the clients of the `post` scenario send: 1 KB as JSON. */
export const order = { id: 'order-2048', items };

export const orderJson = JSON.stringify(order);
