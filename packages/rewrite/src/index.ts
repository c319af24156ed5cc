export { type CanonicalForm, canonicalLocation } from './lib/canonical-location.ts';
export type { Condition, FileCondition, ValueCondition } from './lib/condition.ts';
export { type RewriteErrorCode, rewriteErrors } from './lib/errors.ts';
export { outbound } from './lib/outbound.ts';
export type { BodyRule, HeaderRule, LinkRule, OutboundOptions, OutboundRule } from './lib/outbound-rule.ts';
export { compilePattern, type Pattern } from './lib/pattern.ts';
export { type MappedRedirect, RedirectMap, type RedirectMapOptions, redirectByMap } from './lib/redirect-map.ts';
export { type CanonicalOptions, canonicalForm, redirectToCanonical } from './lib/redirect-to-canonical.ts';
export { type HttpsRedirectOptions, httpsLocation, redirectToHttps } from './lib/redirect-to-https.ts';
export { rewrite } from './lib/rewrite.ts';
export type { RedirectStatus, Rule, RuleMatch } from './lib/rule.ts';
export { parseRuleMap, type RuleMap } from './lib/rule-map.ts';
export { type AppliedRule, type RuleOutcome, RuleSet, type RuleSetOptions } from './lib/rule-set.ts';
export {
  compileTemplate,
  renderText,
  type Template,
  type TemplateNames,
  type TemplatePart,
  type TemplateScope,
  type TemplateValue,
} from './lib/template.ts';
export { type ValueKind, type Variable, type VariableScope, variable, variableNames } from './lib/variables.ts';
