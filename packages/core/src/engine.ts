export { answerText } from './lib/answer-error.ts';
export { Exchange, type ExchangeState } from './lib/exchange.ts';
export type { ContextExchange } from './lib/http-context.ts';
export { readable, toError } from './lib/to-error.ts';
export { type BodyWatcher, WatchedBody } from './lib/watched-body.ts';
