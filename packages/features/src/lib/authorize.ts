import { type AccessRule, type AuthorizeOptions, accessDecider, authorize, iisRules } from '@windhover/auth';
import { OptionsError, type PlacedFeature } from '@windhover/config';
import type { ClientIdentity, HttpRequest } from '@windhover/core';
import type { Feature, FeatureInstance, Reason } from '@windhover/core/feature';
import { z } from 'zod';
import { explainAuthorize } from './explain-authorize.ts';

const text = z.string().min(1);
const texts = z.union([text, z.array(text).min(1)]);
const value = z.union([z.string(), z.number(), z.boolean()]);

const condition = z.strictObject({
  path: texts.exactOptional().describe('Prefixes of the path, in whole segments. Default: every path.'),
  method: texts.exactOptional().describe('Methods. Default: every method.'),
  user: texts.exactOptional().describe('Names of users. Default: everybody.'),
  role: texts.exactOptional().describe('Roles, one of which the user must have. Default: everybody.'),
  claim: z
    .record(text, z.union([value, z.array(value).min(1)]))
    .exactOptional()
    .describe('Claims, each with the value, or the values one of which it must have. Default: none is needed.'),
  login: z.boolean().exactOptional().describe('Whether somebody has logged in. Default: both.'),
  network: texts
    .exactOptional()
    .describe('Addresses of clients, and networks such as 10.0.0.0/8. Default: every address.'),
});
const who = z.union([z.enum(['everyone', 'logged-in', 'anonymous']), condition]);
const rule = z.strictObject({
  allow: who.exactOptional().describe('Who may: everyone, logged-in, anonymous, or what must fit.'),
  deny: who.exactOptional().describe('Who may not.'),
});
const iisRule = z.strictObject({
  accessType: z.enum(['Allow', 'Deny']).describe('What the rule does.'),
  users: z.string().exactOptional().describe('Names with commas between; * is everybody, ? who has not logged in.'),
  roles: z.string().exactOptional().describe('Roles with commas between.'),
  verbs: z.string().exactOptional().describe('Methods with commas between. Default: all.'),
});

const long = z.strictObject(
  {
    rules: z
      .array(rule)
      .min(1)
      .exactOptional()
      .describe('The first rule that fits decides; if none fits, the answer is no.'),
    iis: z
      .record(text, z.array(iisRule))
      .exactOptional()
      .describe(
        'In place of rules, those of IIS by folder, `/` for the whole site: inherited, all Deny rules before all Allow rules, without case.',
      ),
    ignoreCase: z
      .boolean()
      .exactOptional()
      .describe('Whether paths, names and roles are compared without case. Default: false, true with iis.'),
    ambiguousPaths: z
      .enum(['refuse', 'pass'])
      .exactOptional()
      .describe(
        'With rules by path, what becomes of paths that servers behind could read as another one, such as /a%2F..%2Fb. Default: refuse, with 400.',
      ),
  },
  { error: meantRules },
);
const schema = z
  .union([z.array(rule).min(1), long])
  .describe(
    'Who may: the first rule that fits decides, and if none fits, the answer is no. Rules of a route replace those of its site.',
  );

type Options = z.output<typeof schema>;

/** `authorize`: who may. */
export const authorizeFeature: Feature<Options> = {
  name: 'authorize',
  levels: ['top', 'site', 'route'],
  phases: ['authorize'],
  combine: 'replace',
  schema,
  create(options) {
    const { rules, iis, ...others } = Array.isArray(options) ? { rules: options } : (options as z.output<typeof long>);
    if ((rules === undefined) === (iis === undefined))
      throw new OptionsError([{ path: [], message: 'expected either the key `rules` or `iis`' }]);
    const given = (iis === undefined ? rules : iisRules(iis)) as readonly AccessRule[];
    const settings: AuthorizeOptions = iis === undefined ? others : { ignoreCase: true, ...others };
    try {
      const decide = accessDecider(given, settings);
      const explain = (request: HttpRequest, client: ClientIdentity): Reason[] => [
        explainAuthorize(decide, given, request, client),
      ];
      const instance: AuthorizeInstance = {
        needsUser: iis === undefined && given.every(({ allow }) => allow === undefined || asksForUser(allow)),
        layers: [{ phase: 'authorize', run: authorize(given, settings), explain }],
      };
      return instance;
    } catch (error) {
      throw new OptionsError([{ path: [], message: (error as Error).message }]);
    }
  },
};

/** What `authorize` makes. */
interface AuthorizeInstance extends FeatureInstance {
  /** Whether no rule lets anybody pass who has not logged in. */
  readonly needsUser: boolean;
}

/** Whether a place of the configuration is an `authorize` that only lets users pass. */
export function needsUser({ feature, instance }: PlacedFeature): boolean {
  return feature.name === authorizeFeature.name && (instance as AuthorizeInstance | null)?.needsUser === true;
}

function asksForUser(who: NonNullable<AccessRule['allow']>): boolean {
  if (typeof who === 'string') return who === 'logged-in';
  const { user, role, claim, login } = who;
  return user !== undefined || role !== undefined || claim !== undefined || login === true;
}

/** Rules stand in a list, which is easily forgotten where there is one. */
function meantRules(issue: { readonly code: string; readonly keys?: readonly string[] }): string | undefined {
  if (issue.code !== 'unrecognized_keys') return undefined;
  const rule = issue.keys?.find((key) => key === 'allow' || key === 'deny');
  return rule === undefined ? undefined : `meant: [{ ${rule}: ... }]`;
}
