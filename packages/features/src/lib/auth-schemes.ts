import { basicScheme } from './auth-basic.ts';
import type { AuthSchemeMaker } from './auth-scheme-maker.ts';

/** Every scheme that `auth` knows. Their order decides nothing. */
export const authSchemes: readonly AuthSchemeMaker<unknown>[] = [basicScheme];
