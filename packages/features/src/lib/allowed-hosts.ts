import type { Feature } from '@windhover/core/feature';
import { hostFilter, hostMatcher } from '@windhover/headers';
import { z } from 'zod';

const schema = z
  .array(z.string().min(1))
  .min(1)
  .describe(
    'Host names that are answered; `*.example.com` is every name below. Others get 400, so that a forged Host reaches no application. Sites have this by their `hosts`; it is for a server around one application. Default: every host.',
  );

/** `allowedHosts`: which hosts are answered. */
export const allowedHostsFeature: Feature<z.output<typeof schema>> = {
  name: 'allowedHosts',
  levels: ['top', 'site', 'route'],
  phases: ['shield'],
  combine: 'replace',
  schema,
  create(hosts) {
    const allows = hostMatcher(hosts);
    return {
      layers: [
        {
          phase: 'shield',
          run: hostFilter(hosts),
          explain: (_request, { host }) => [
            allows(host)
              ? { decision: 'passes the request on', because: `${host} is allowed` }
              : {
                  decision: 'answers 400',
                  because: `${host === '' ? 'no host' : host} is not allowed`,
                  answers: true,
                  status: 400,
                },
          ],
        },
      ],
    };
  },
};
