import { z } from 'zod';

/** The statuses of redirects. */
export const redirectStatus = z.literal([301, 302, 303, 307, 308]);

const text = z.string().min(1);

const valueCondition = z.strictObject({
  value: text.describe('A text with values: `{host}`, `{header.user-agent}`, `{query.id}`, `{cookie.beta}`.'),
  is: z
    .union([z.string(), z.array(z.string()).min(1)])
    .exactOptional()
    .describe('The text that it must be, or several. Default: it must not be empty.'),
  pattern: text
    .exactOptional()
    .describe('A regular expression, in place of `is`. Its groups are `{C:1}` and so on in `to`.'),
  ignoreCase: z.boolean().exactOptional().describe('Default: false.'),
  not: z.boolean().exactOptional().describe('Turns the condition round. Default: false.'),
});
const diskCondition = z.strictObject({
  file: text.exactOptional().describe('A folder: the condition holds if the requested path is a file in it.'),
  folder: text.exactOptional().describe('A folder: the condition holds if the requested path is a folder in it.'),
  not: z.boolean().exactOptional().describe('Turns the condition round. Default: false.'),
});
const condition = z.union([valueCondition, diskCondition]);

/** The keys of a rule that say what it applies to. */
export const ruleMatch = {
  name: text.exactOptional().describe('Its name, for `windhover explain` and messages. Default: its place and path.'),
  from: text
    .exactOptional()
    .describe(
      'A path: `/old`, `/p/:id`, `/old/*`. `:name` is one segment, `*` at the end all the rest. Default: every path.',
    ),
  pattern: text
    .exactOptional()
    .describe(
      'A regular expression on the path, which begins with /, in place of `from`. It takes linear time, or is refused.',
    ),
  ignoreCase: z
    .boolean()
    .exactOptional()
    .describe('Whether upper and lower case are the same. Default: false, as in paths.'),
  not: z.boolean().exactOptional().describe('Whether it applies to paths that do not match. Default: false.'),
  methods: z.array(text).min(1).exactOptional().describe('Default: every method.'),
  hosts: z
    .array(text)
    .min(1)
    .exactOptional()
    .describe('Host names; `*.example.com` is every name below. Default: every host.'),
  when: z
    .union([z.array(condition), z.strictObject({ any: z.array(condition).min(1).describe('One of them must hold.') })])
    .exactOptional()
    .describe('Conditions that must all hold; `{ any: […] }`: one of them. Default: none.'),
};

/** The keys of a rule that leads somewhere. */
export const ruleTarget = {
  to: text.describe(
    'Where it leads. `:id` and `*` stand for those of `from`, `{1}` for a group of `pattern`, `{host}` for a value, `{name:{path}}` for a look-up in a map.',
  ),
  query: z
    .enum(['keep', 'drop'])
    .exactOptional()
    .describe('Whether the query of the request is added to that of `to`. Default: keep.'),
};
