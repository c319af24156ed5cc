import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { HttpRequest } from '@windhover/core';
import { optionError } from './errors.ts';
import { compilePattern } from './pattern.ts';
import { compileTemplate, renderText, type TemplateNames, type TemplateScope } from './template.ts';

/** A condition of a rule: on a value, or on what is on the disk. */
export type Condition = ValueCondition | FileCondition;

/** Holds if a value is one of some texts, matches a pattern or, without both, is not empty. */
export interface ValueCondition {
  /** A text with values in it: `{host}`, `{header.user-agent}`, `{query.id}`. */
  readonly value: string;
  readonly is?: string | readonly string[];
  /** A regular expression. Its groups are `{C:1}` and so on in `to`. */
  readonly pattern?: string;
  /** Default: false. */
  readonly ignoreCase?: boolean;
  /** Turns it round. Default: false. */
  readonly not?: boolean;
}

/** Holds if the requested path is a file, or a folder, below a folder. */
export interface FileCondition {
  readonly file?: string;
  readonly folder?: string;
  /** Turns it round. Default: false. */
  readonly not?: boolean;
}

/** A condition that is ready: the groups of its match, or `null` if it does not hold. */
export interface CompiledCondition {
  /** For `explain`. */
  readonly text: string;
  /** Whether its groups are `{C:1}`. */
  readonly hasGroups: boolean;
  test(scope: TemplateScope): ConditionMatch | null | Promise<ConditionMatch | null>;
}

/** The groups of a condition that holds; none for one without a pattern. */
export type ConditionMatch = readonly (string | undefined)[];

const holds: ConditionMatch = [];

/** Compiles a condition. Throws `REWRITE_OPTION_INVALID` and `REWRITE_PATTERN_INVALID`. */
export function compileCondition(condition: Condition, names: TemplateNames, label: string): CompiledCondition {
  const compiled = 'value' in condition ? ofValue(condition, names, label) : ofFile(condition, label);
  return condition.not === true ? reversed(compiled) : compiled;
}

function ofValue(
  { value, is, pattern, ignoreCase = false }: ValueCondition,
  names: TemplateNames,
  label: string,
): CompiledCondition {
  if (is !== undefined && pattern !== undefined)
    throw optionError(`${label}: expected either is or pattern, found both`);
  const template = compileTemplate(value, names, `${label}.value`);
  if (pattern !== undefined) {
    const compiled = compilePattern(pattern, { ignoreCase, label });
    const test = (scope: TemplateScope): ConditionMatch | null => compiled.exec(renderText(template, scope));
    return { text: `${value} matches ${pattern}`, hasGroups: true, test };
  }
  if (is === undefined)
    return {
      text: `${value} is not empty`,
      hasGroups: false,
      test: (scope) => (renderText(template, scope) === '' ? null : holds),
    };
  const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  const allowed = new Set((typeof is === 'string' ? [is] : is).map(fold));
  const test = (scope: TemplateScope): ConditionMatch | null =>
    allowed.has(fold(renderText(template, scope))) ? holds : null;
  return { text: `${value} is ${[...allowed].join(' or ')}`, hasGroups: false, test };
}

function ofFile({ file, folder }: FileCondition, label: string): CompiledCondition {
  const root = file ?? folder;
  if (root === undefined || (file !== undefined && folder !== undefined))
    throw optionError(`${label}: expected one of value, file and folder`);
  const wantsFile = file !== undefined;
  return {
    text: `the path is a ${wantsFile ? 'file' : 'folder'} in ${root}`,
    hasGroups: false,
    async test({ request }) {
      const path = pathBelow(root, request);
      const found = path === null ? null : await stat(path).catch(() => null); // whatever cannot be looked at is not there
      return found !== null && (wantsFile ? found.isFile() : found.isDirectory()) ? holds : null;
    },
  };
}

/** `null` for a path whose segments are no names of files. */
function pathBelow(root: string, { segments }: HttpRequest): string | null {
  if (segments === null || segments.some((name) => /[/\\\0:]/.test(name) || name === '..')) return null;
  return join(root, ...segments);
}

/** A condition that does not hold has no groups. */
function reversed({ text, test }: CompiledCondition): CompiledCondition {
  const turn = (match: ConditionMatch | null): ConditionMatch | null => (match === null ? holds : null);
  return {
    text: `not: ${text}`,
    hasGroups: false,
    test(scope) {
      const match = test(scope);
      return match instanceof Promise ? match.then(turn) : turn(match);
    },
  };
}
