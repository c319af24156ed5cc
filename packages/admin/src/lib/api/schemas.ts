import { z } from 'zod';
import type {
  ApiApplied,
  ApiAuditEntry,
  ApiCertificate,
  ApiConfig,
  ApiConnection,
  ApiDeployment,
  ApiEdition,
  ApiLayer,
  ApiLogLine,
  ApiOverview,
  ApiPool,
  ApiProblem,
  ApiRequest,
  ApiSample,
  ApiSession,
  ApiSites,
  ApiThing,
  ApiTrace,
  ApiTraceSummary,
  ApiUser,
  ApiValidation,
} from '../api-types.ts';

const text = z.string();
const number = z.number();
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable();
const list = <T extends z.ZodType>(schema: T) => z.array(schema).readonly();
const role = z.enum(['look', 'operate', 'configure']);

export const problemSchema: z.ZodType<ApiProblem> = z.object({
  status: z.int(),
  title: text,
  detail: text.exactOptional(),
  code: text,
});

export const sessionSchema: z.ZodType<ApiSession> = z.object({
  user: text,
  role,
  csrf: orNull(text),
  endsAt: orNull(number),
  areas: list(text),
});

const configState = {
  file: text,
  edition: z.int(),
  reloadedAt: orNull(text),
  error: orNull(text),
};

export const overviewSchema: z.ZodType<ApiOverview> = z.object({
  version: text,
  pid: z.int(),
  startedAt: number,
  node: text,
  host: text,
  workers: list(
    z.object({
      id: text,
      pid: orNull(z.int()),
      state: text,
      startedAt: orNull(number),
      memory: orNull(number),
      connections: orNull(z.int()),
    }),
  ),
  listeners: list(z.object({ url: text })),
  config: z.object(configState),
});

export const sampleSchema: z.ZodType<ApiSample> = z.object({
  at: number,
  requests: number,
  errors: number,
  p50: orNull(number),
  p95: orNull(number),
  p99: orNull(number),
  received: number,
  sent: number,
  connections: number,
  inFlight: number,
  cpu: number,
  memory: number,
  eventLoop: number,
});

const layer: z.ZodType<ApiLayer> = z.object({ feature: text, place: text, phases: list(text), isOff: z.boolean() });

export const sitesSchema: z.ZodType<ApiSites> = z.object({
  defaultSite: orNull(text),
  layers: list(layer),
  sites: list(
    z.object({
      name: text,
      hosts: list(text),
      layers: list(layer),
      routes: list(z.object({ path: text, conditions: list(text), layers: list(layer) })),
    }),
  ),
});

export const thingSchema: z.ZodType<ApiThing> = z.object({
  kind: text,
  name: text,
  place: text,
  state: z.unknown(),
  actions: list(text),
});

export const poolSchema: z.ZodType<ApiPool> = z.object({
  name: text,
  phase: text,
  failures: z.int(),
  lastFailure: orNull(text),
  instances: list(
    z.object({
      id: z.int(),
      pid: orNull(z.int()),
      stage: text,
      address: text,
      startedAt: number,
      requests: z.int(),
      memory: orNull(number),
    }),
  ),
});

export const certificateSchema: z.ZodType<ApiCertificate> = z.object({
  names: list(text),
  source: text,
  issuer: orNull(text),
  expiresAt: orNull(number),
  renewsAt: orNull(number),
  lastError: orNull(text),
  staple: orNull(
    z.object({ responder: text, goodUntil: orNull(number), isRequired: z.boolean(), lastError: orNull(text) }),
  ),
});

export const requestSchema: z.ZodType<ApiRequest> = z.object({
  id: text,
  worker: text,
  method: text,
  host: text,
  url: text,
  client: text,
  site: orNull(text),
  route: orNull(text),
  stage: text,
  startedAt: number,
  status: orNull(z.int()),
});

export const connectionSchema: z.ZodType<ApiConnection> = z.object({
  ...{ id: text, worker: text, client: text, local: text, protocol: orNull(text), tls: orNull(text) },
  ...{ serverName: orNull(text), state: text, openedAt: number, requests: z.int() },
});

const traceSummary = {
  id: text,
  at: number,
  method: text,
  host: text,
  url: text,
  client: text,
  site: orNull(text),
  route: orNull(text),
  status: z.int(),
  end: text,
  duration: number,
  rule: text,
};
const fields = list(z.tuple([text, text]).readonly());

export const traceSummarySchema: z.ZodType<ApiTraceSummary> = z.object(traceSummary);

export const traceSchema: z.ZodType<ApiTrace> = z.object({
  ...traceSummary,
  requestHeaders: fields,
  responseHeaders: fields,
  steps: list(
    z.object({
      feature: text,
      phase: text,
      place: text,
      from: number,
      to: number,
      outcome: text,
      reasons: list(text),
    }),
  ),
  events: list(z.object({ at: number, text })),
  isCut: z.boolean(),
});

export const logLineSchema: z.ZodType<ApiLogLine> = z.object({
  at: number,
  level: z.enum(['debug', 'info', 'warn', 'error']),
  message: text,
  facts: z.record(text, z.unknown()),
  pool: orNull(text),
});

export const configSchema: z.ZodType<ApiConfig> = z.object({
  ...configState,
  text,
  hash: text,
  readOnly: orNull(text),
});

export const validationSchema: z.ZodType<ApiValidation> = z.object({
  ok: z.boolean(),
  problems: list(
    z.object({
      message: text,
      path: text,
      line: orNull(z.int()),
      column: orNull(z.int()),
      isWarning: z.boolean(),
    }),
  ),
});

export const appliedSchema: z.ZodType<ApiApplied> = z.object({ edition: z.int(), hash: text });

export const editionSchema: z.ZodType<ApiEdition> = z.object({
  id: text,
  at: number,
  user: text,
  note: text,
  hash: text,
  edition: number.nullable(),
  isCurrent: z.boolean(),
});

export const auditEntrySchema: z.ZodType<ApiAuditEntry> = z.object({
  at: number,
  user: text,
  client: text,
  action: text,
  target: text,
  outcome: z.enum(['done', 'refused', 'failed']),
  detail: text,
});

export const deploymentSchema: z.ZodType<ApiDeployment> = z.object({
  name: text,
  folder: text,
  current: orNull(text),
  versions: list(z.object({ id: text, at: number, user: text, files: z.int(), bytes: number })),
});

export const userSchema: z.ZodType<ApiUser> = z.object({ name: text, role, isToken: z.boolean() });

/** Explanations are those of the program. */
export const explanationSchema = z.record(text, z.unknown());
