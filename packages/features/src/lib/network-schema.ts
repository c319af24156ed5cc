import { clientPolicy } from '@windhover/client-address';
import { z } from 'zod';

/** An address, a network or a preset such as `loopback`. */
export const network = z.string().superRefine((text, context) => {
  try {
    clientPolicy({ trust: [text] });
  } catch (error) {
    context.addIssue({
      code: 'custom',
      message: `expected an address, a network or a preset: ${(error as Error).message}`,
    });
  }
});
