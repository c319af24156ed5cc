import { resolve } from 'node:path';
import { orAlone } from '@windhover/config';
import type { Feature } from '@windhover/core/feature';
import { type Condition, parseRuleMap, type Rule, type RuleMap, RuleSet, rewrite } from '@windhover/rewrite';
import { z } from 'zod';
import { explainRules } from './explain-rules.ts';
import { readRuleFile } from './read-rule-file.ts';
import { rulePhase } from './redirect.ts';
import { redirectStatus, ruleMatch, ruleTarget } from './rule-schema.ts';

const rule = z.strictObject({
  ...ruleMatch,
  to: ruleTarget.to.exactOptional(),
  query: ruleTarget.query,
  status: redirectStatus
    .exactOptional()
    .describe('Makes it a redirect, which the client sees. Default: it is a rewrite, which the client does not see.'),
  respond: z
    .int()
    .min(200)
    .max(599)
    .exactOptional()
    .describe('Answers with this status, in place of `to`: 410 for pages that are gone.'),
  drop: z
    .boolean()
    .exactOptional()
    .describe('Closes the connection without an answer, in place of `to`. Default: false.'),
  set: z
    .record(z.string(), z.string())
    .exactOptional()
    .describe('Request headers to set for what follows, with values such as `{client}`. Default: none.'),
  last: z
    .boolean()
    .exactOptional()
    .describe('Whether the rules after it are left out. Default: false, they see what it has made of the request.'),
});

const schema = orAlone(
  'rules',
  z.strictObject({
    rules: z.array(rule).min(1).describe('The rules, in their order.'),
    maps: z
      .record(
        z.string().regex(/^[\w-]+$/, { error: 'expected letters, digits, _ and -' }),
        z.union([z.string().min(1), z.record(z.string(), z.string())]),
      )
      .exactOptional()
      .describe(
        'Tables that rules look values up in, as `{name:{path}}`: written here, or a file with a line `key value` for each. The key `*` stands for all others. Default: none.',
      ),
  }),
).describe(
  'Changes which path is asked for, before the site or route is chosen: rules in their order, each of which sees what those before it have made of the request. A rule can redirect, answer or close the connection too.',
);

type Options = z.output<typeof schema>;

/** `rewrite`: rules on what is asked for. */
export const rewriteFeature: Feature<Options> = {
  name: 'rewrite',
  levels: ['top', 'site', 'route'],
  phases: ['rewrite', 'shield'],
  combine: 'add',
  takesList: true,
  schema,
  create({ rules, maps = {} }, { location }) {
    const { directory } = location;
    const tables = Object.entries(maps).map(([name, map]): [string, RuleMap] => {
      const text = typeof map === 'string' ? readRuleFile(directory, map, ['maps', name]) : map;
      return [name, parseRuleMap(text, typeof map === 'string' ? map : `maps.${name}`)];
    });
    const set = new RuleSet(
      rules.map((each) => inFolder(each, directory)),
      { maps: Object.fromEntries(tables) },
    );
    return {
      layers: [
        {
          phase: rulePhase(location),
          run: rewrite(set),
          explain: (request, client) => explainRules(set, request, client),
        },
      ],
    };
  },
};

/** Folders of conditions start at the folder of the configuration. */
function inFolder(rule: Rule, directory: string): Rule {
  const { when } = rule;
  if (when === undefined) return rule;
  const placed = (condition: Condition): Condition => {
    if ('value' in condition) return condition;
    const { file, folder } = condition;
    return {
      ...condition,
      ...(file === undefined ? {} : { file: resolve(directory, file) }),
      ...(folder === undefined ? {} : { folder: resolve(directory, folder) }),
    };
  };
  return { ...rule, when: 'any' in when ? { any: when.any.map(placed) } : when.map(placed) };
}
