// The texts of a new package, for new-package.mjs.

/** `server-timing` is `serverTiming`. */
export function camelCase(name) {
  return name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
}

/** The README in the order that all have. */
export function readme(name, description, isFeature) {
  const head = `# @windhover/${name}\n\n${description}\n`;
  if (!isFeature) return head;
  const key = camelCase(name);
  return `${head}
## Installation

\`\`\`sh
npm install @windhover/${name}
\`\`\`

## Example

\`\`\`ts run
import { ${key} } from '@windhover/${name}';
import { runHandler } from '@windhover/testing';

const middleware = ${key}();
const answer = await runHandler((context) => middleware(context, ({ response }) => void (response.body = 'hello')));
console.log(answer.status, answer.text()); // → 200 hello
\`\`\`

In \`windhover.yaml\` it is \`${key}: true\`.

## Options

| option | default | what it is, and why |
|---|---|---|
| \`when\` | every request | says no to a request |

## Related packages

[\`@windhover/features\`](../features) gives it its key.

## License

MIT
`;
}

/** What a middleware with a key consists of. */
export function featureFiles(name, description, phase) {
  const key = camelCase(name);
  const Name = key[0].toUpperCase() + key.slice(1);
  const prefix = name.replaceAll('-', '_').toUpperCase();
  const levels =
    phase === 'identity' || phase === 'rewrite'
      ? "['top']"
      : phase === 'origin'
        ? "['route']"
        : "['top', 'site', 'route']";
  return {
    inPackage: {
      'src/index.ts': `export { type ${Name}ErrorCode, ${key}Errors } from './lib/errors.ts';
export { ${key}, type ${Name}Options } from './lib/${name}.ts';
`,
      'src/lib/errors.ts': `import { HttpError } from '@windhover/core';

/** Every code this package throws: the status a client would get, and what went wrong. */
export const ${key}Errors = {
  ${prefix}_OPTION_INVALID: { status: 500, message: 'The options are not valid' },
} as const;

/** A code of this package's errors. */
export type ${Name}ErrorCode = keyof typeof ${key}Errors;

/** Options that cannot work; \`detail\` says which, and what was expected. */
export function optionError(detail: string): HttpError {
  const { status, message } = ${key}Errors.${prefix}_OPTION_INVALID;
  return new HttpError(status, '${prefix}_OPTION_INVALID', \`\${message}: \${detail}\`);
}
`,
      [`src/lib/${name}.ts`]: `import { after, type HttpContext, type HttpRequest, type Middleware } from '@windhover/core';
import { anyFunction, checkOptions, type Rules } from '@windhover/options';
import { optionError } from './errors.ts';

/** How \`${key}\` works. */
export interface ${Name}Options {
  /** Says no to a request. Default: yes to all. */
  readonly when?: (request: HttpRequest) => boolean;
}

const optionRules: Rules<${Name}Options> = { when: anyFunction };

/** ${description} Throws \`${prefix}_OPTION_INVALID\` when it is made. */
export function ${key}(options: ${Name}Options = {}): Middleware<HttpContext> {
  checkOptions(options, optionRules, optionError);
  const { when = () => true } = options;
  return function ${key}(context, next) {
    if (when(context.request) !== true) return next(context);
    return after(next, context, () => {
      // Change the response here. What error answers need too belongs into \`context.onHead\`.
    });
  };
}
`,
      [`src/lib/${name}.test.ts`]: `import { type HttpContext, HttpError } from '@windhover/core';
import { checkedCompose, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { ${key} } from './${name}.ts';

const hello = ({ response }: HttpContext): void => {
  response.body = 'hello';
};

describe('${key}()', () => {
  it('leaves the answer as it is', async () => {
    const result = await runHandler(checkedCompose([${key}()], hello), '/');
    expect([result.status, result.text()]).toEqual([200, 'hello']);
  });

  it('passes on what fails', async () => {
    const fail = (): never => {
      throw new HttpError(404, 'TEST_MISSING', 'There is none');
    };
    expect((await runHandler(checkedCompose([${key}()], fail), '/')).status).toBe(404);
  });

  it('refuses an option that does not exist', () => {
    expect(() => ${key}({ wehn: () => true } as never)).toThrow(expect.objectContaining({ code: '${prefix}_OPTION_INVALID' }));
  });
});
`,
    },
    feature: `import type { Feature } from '@windhover/core/feature';
import { ${key} } from '@windhover/${name}';
import { z } from 'zod';

const schema = z.strictObject({}).describe('${description.replaceAll("'", "\\'")}');

/** \`${key}\`: ${description} */
export const ${key}Feature: Feature<z.output<typeof schema>> = {
  name: '${key}',
  levels: ${levels},
  phases: ['${phase}'],
  combine: 'replace',
  schema,
  create: () => ({ layers: [{ phase: '${phase}', run: ${key}() }] }),
};
`,
    changeset: `---
'@windhover/${name}': minor
'@windhover/features': minor
---

${description} Its key is \`${key}\`.
`,
  };
}
