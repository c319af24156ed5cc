import { type Configuration, effectiveFeatures, type OptionIssue } from '@windhover/config';
import { needsClientCertificates, needsSession, needsUser, tlsOf } from '@windhover/features';

type Placed = Configuration['features'][number];

const withoutSession =
  'expected a `session` here or further out, in which the login is kept (`session: { keys: […] }`), found none';
const withoutAuth =
  'expected an `auth` here, further out or further in, since these rules ask for a user, found none: nobody could pass';

const withoutCertificates =
  'expected `tls: { clientCertificates: … }` at the site, so that its clients are asked for them, or `trust` for a proxy that sends them, found neither';

/** Logins that no session can keep, and rules on users where nothing says who the user is. */
export function loginDisagreements({ features, sites }: Configuration): readonly OptionIssue[] {
  const lacking = new Map<Placed, string | null>();
  const note = (placed: Placed, isThere: boolean, message: string): void => {
    if (isThere) lacking.set(placed, null);
    else if (!lacking.has(placed)) lacking.set(placed, message);
  };
  for (const site of sites)
    for (const route of site.routes) {
      const effective = effectiveFeatures([features, site.features, route.features]);
      for (const placed of effective) {
        if (needsSession(placed)) note(placed, effective.some(keepsSessions), withoutSession);
        else if (needsClientCertificates(placed))
          note(placed, tlsOf(site.features)?.asked != null, withoutCertificates);
        else if (needsUser(placed)) note(placed, effective.some(findsUsers), withoutAuth);
      }
    }
  return [...lacking].flatMap(([{ path }, message]) =>
    message === null ? [] : [{ path: path as OptionIssue['path'], message }],
  );
}

function keepsSessions({ feature }: Placed): boolean {
  return feature.name === 'session';
}

/** A feature of a plugin may find users too. */
function findsUsers({ feature }: Placed): boolean {
  return feature.name !== 'session' && feature.phases.includes('auth');
}
