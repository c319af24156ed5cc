import type { HttpContext, Middleware } from '@windhover/core';
import type { Rule } from './rule.ts';
import { type RuleOutcome, RuleSet, type RuleSetOptions } from './rule-set.ts';

/**
 * Applies rules to every request, in their order: rewrites, redirects, answers. Place it before what routes. Throws
 * `REWRITE_OPTION_INVALID` and `REWRITE_PATTERN_INVALID` when it is created.
 */
export function rewrite(rules: readonly Rule[] | RuleSet, options: RuleSetOptions = {}): Middleware<HttpContext> {
  const set = rules instanceof RuleSet ? rules : new RuleSet(rules, options);
  return function rewrite(context, next) {
    const outcome = set.run(context.request, context.client);
    if (outcome instanceof Promise) return outcome.then((found) => answer(context, found, next));
    return answer(context, outcome, next);
  };
}

function answer(
  context: HttpContext,
  outcome: RuleOutcome,
  next: (context: HttpContext) => void | Promise<void>,
): void | Promise<void> {
  const { response } = context;
  switch (outcome.kind) {
    case 'pass':
      return next(context);
    case 'drop':
      response.drop();
      return;
    case 'redirect':
      response.headers.set('Location', outcome.location);
      response.status = outcome.status;
      return;
    case 'respond':
      response.status = outcome.status;
  }
}
