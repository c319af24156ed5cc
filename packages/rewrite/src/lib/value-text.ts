import { compileTemplate, renderText } from './template.ts';
import type { VariableScope } from './variables.ts';

/** A text with values of a request in it, such as `{client}` or `{header.accept}`. */
export interface ValueText {
  /** The text, if it holds no value. */
  readonly fixed: string | null;
  render(scope: VariableScope): string;
}

/**
 * Compiles a text with values. A value is put in as it is: braces in it are never read as a placeholder. Throws
 * `REWRITE_OPTION_INVALID`, which begins with `label`.
 */
export function valueText(source: string, label: string): ValueText {
  const template = compileTemplate(source, { groups: 0, names: new Map(), stars: [], maps: new Map() }, label);
  const [first = ''] = template.parts;
  return {
    fixed: template.parts.length < 2 && typeof first === 'string' ? first : null,
    render: ({ request, client }) => renderText(template, { request, client, groups: [], conditionGroups: [] }),
  };
}
