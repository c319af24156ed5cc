// `node compose.mjs COUNT`: nanoseconds of a synchronous handler under COUNT middlewares that only pass on. One count
// per process, because a function that was called with many shapes before is not what a server runs.
import { compose } from '@windhover/core';

const count = Number(process.argv[2]);
const layers = Array.from({ length: count }, () => (context, next) => next(context));
const run = compose(layers, (context) => {
  context.count += 1;
});

const calls = 5_000_000;
const context = { count: 0 };
const rounds = Array.from({ length: 9 }, () => {
  const startedAt = process.hrtime.bigint();
  for (let call = 0; call < calls; call++) run(context);
  return Number(process.hrtime.bigint() - startedAt) / calls;
});
console.log(rounds.sort((a, b) => a - b)[4]);
