import type { AuthScheme } from '@windhover/auth';
import type { HttpRequest } from '@windhover/core';
import type { Lifecycle, Services } from '@windhover/core/feature';
import type { z } from 'zod';

/** One key of `auth`: makes a scheme from its options. */
export interface AuthSchemeMaker<Options> {
  /** The key, for instance `basic`. */
  readonly key: string;
  readonly schema: z.ZodType<Options>;
  /** @param at where in the options of `auth` these stand, for `services.resource` */
  create(options: Options, services: Services, at: readonly (string | number)[]): MadeScheme;
}

/** A scheme with its lifecycle. */
export interface MadeScheme extends Lifecycle {
  readonly scheme: AuthScheme;
  /** Whether it takes client certificates, for which the `tls` of the site must ask. Default: false. */
  readonly needsTls?: boolean;
  /** For explanations: whether a request has credentials of this kind. Default: only the running server can tell. */
  hasCredentials?(request: HttpRequest): boolean;
}

/** Gives the options of a maker their type. */
export function defineScheme<Options>(maker: AuthSchemeMaker<Options>): AuthSchemeMaker<unknown> {
  return maker as AuthSchemeMaker<unknown>;
}
