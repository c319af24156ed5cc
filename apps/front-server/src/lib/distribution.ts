import { defineHost, listenSchema } from '@windhover/host';
import { z } from 'zod';
import { proxyFeature } from '../features/proxy.ts';
import { respondFeature } from '../features/respond.ts';
import { staticFeature } from '../features/static.ts';
import { limitsSchema } from './limits-schema.ts';
import { planned } from './planned.ts';

/** What this server is made of. Another distribution is another list. */
export const distribution = defineHost({
  features: [staticFeature, proxyFeature, respondFeature],
  sections: {
    listen: listenSchema.default([{ port: 8080 }]), // above 1024: no privileges needed
    limits: limitsSchema.prefault({}),
    accessLog: z.enum(['console', 'off']).default('console'),
  },
  planned,
});
