import type { z } from 'zod';

/** Top-level keys that are neither features nor resources, with a zod schema for each. */
export type Sections = Readonly<Record<string, z.ZodType>>;

/** The values of the sections in a valid configuration. */
export type SectionValues<S extends Sections> = { readonly [Name in keyof S]: z.output<S[Name]> };
