/** The stage of a connection or request at which a layer runs. */
export type Phase =
  | 'connection'
  | 'identity'
  | 'rewrite'
  | 'edge'
  | 'shield'
  | 'auth'
  | 'authorize'
  | 'quota'
  | 'cache'
  | 'encode'
  | 'transform'
  | 'origin';

/** Every phase, outermost first, and why it has that position. */
export const phases: Readonly<Record<Phase, string>> = {
  connection: 'before HTTP: whom to talk to at all',
  identity: 'who the client is behind trusted proxies: everything after it decides by that',
  rewrite: 'what is asked for: site and route are chosen by what it has become',
  edge: 'around everything else, refusals too: request id, access log, error pages, security headers',
  shield: 'cheap refusals before anything costs: addresses, methods, CORS preflights, which come without credentials',
  auth: 'who the user is',
  authorize:
    'whether they may: after auth, also where the rules stand on an outer level and the scheme on an inner one',
  quota: 'limits that depend on who it is',
  cache:
    'inside of auth, so that nobody reads what is not theirs; outside of encode, so that a hit costs no compression',
  encode: 'compression of what transform has changed',
  transform: 'changes to the bodies and fields of the application',
  origin: 'what answers: files, an upstream, an application; each may pass on to the next one named',
};

/** The phases in their order. */
export const phaseOrder = Object.keys(phases) as readonly Phase[];
