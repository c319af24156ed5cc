import type {
  ApiApplied,
  ApiCertificate,
  ApiConfig,
  ApiConnection,
  ApiDeployment,
  ApiEdition,
  ApiEvents,
  ApiLogLine,
  ApiOverview,
  ApiPool,
  ApiRequest,
  ApiSample,
  ApiSites,
  ApiThing,
  ApiTrace,
  ApiTraceSummary,
  ApiValidation,
} from './api-types.ts';

type Answer<T> = T | Promise<T>;

/**
 * The program that is managed. Each part is an area of the API; one that is left out is not offered. What a part throws is told to the
 * administrator: an `HttpError` with its status and code, another error of an action as 422 with its message.
 */
export interface AdminTarget {
  readonly overview?: () => Answer<ApiOverview>;
  readonly sites?: () => Answer<ApiSites>;
  /** Says how a request would be answered, as JSON. */
  readonly explain?: (request: ExplainQuestion) => Answer<unknown>;
  readonly pools?: AdminPools;
  readonly things?: AdminThings;
  readonly certificates?: () => Answer<readonly ApiCertificate[]>;
  readonly requests?: AdminRequests;
  readonly connections?: AdminConnections;
  readonly traces?: AdminTraces;
  readonly log?: AdminLog;
  readonly stats?: AdminStats;
  readonly config?: AdminConfig;
  readonly deployments?: AdminDeployments;
  readonly events?: AdminEvents;
}

/** A request to explain. */
export interface ExplainQuestion {
  readonly method: string;
  readonly url: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly client?: string;
}

/** Applications in processes of their own. An unknown name throws `ADMIN_UNKNOWN`, or another `HttpError` with 404. */
export interface AdminPools {
  list(): Answer<readonly ApiPool[]>;
  start(name: string): Answer<void>;
  stop(name: string): Answer<void>;
  recycle(name: string): Answer<void>;
  /** The last lines, oldest first. */
  log(name: string, lines: number): Answer<readonly string[]>;
}

/** What features let administrators see and change. */
export interface AdminThings {
  list(): Answer<readonly ApiThing[]>;
  /** Returns what the action returns. */
  act(kind: string, name: string, action: string, args: Readonly<Record<string, unknown>>): Answer<unknown>;
}

/** Requests under way. */
export interface AdminRequests {
  /** The oldest first. */
  list(): Answer<readonly ApiRequest[]>;
  /** Ends a request. Returns whether it was still under way. */
  abort(id: string): Answer<boolean>;
}

/** Connections of clients. */
export interface AdminConnections {
  /** The oldest first. */
  list(): Answer<readonly ApiConnection[]>;
  /** Closes a connection at once. Returns whether it was still open. */
  close(id: string): Answer<boolean>;
}

/** Traces of requests, newest first. */
export interface AdminTraces {
  list(): Answer<readonly ApiTraceSummary[]>;
  get(id: string): Answer<ApiTrace | null>;
  clear(): Answer<void>;
}

/** Which lines of the log are wanted. */
export interface LogQuery {
  readonly lines: number;
  /** The least level. */
  readonly level: ApiLogLine['level'];
  /** Part of the message; case does not matter. */
  readonly contains: string;
  /** Lines of one application; `null`: of all. */
  readonly pool: string | null;
}

/** The last lines of the log, oldest first. */
export interface AdminLog {
  lines(query: LogQuery): Answer<readonly ApiLogLine[]>;
}

/** Numbers over time. */
export interface AdminStats {
  /** The samples after a moment, in milliseconds since the epoch, oldest first. */
  since(at: number): Answer<readonly ApiSample[]>;
}

/** Who changes a configuration, and why. */
export interface ConfigChange {
  readonly user: string;
  readonly note: string;
}

/** The configuration. `createConfigFile` is one for a file. */
export interface AdminConfig {
  read(): Answer<ApiConfig>;
  /** Looks at a text without using it. */
  validate(text: string): Answer<ApiValidation>;
  /** Throws `ADMIN_CONFIG_CHANGED` if `hash` is not that of the present text, and a `ConfigRefused` if the text cannot be used. */
  apply(text: string, hash: string, change: ConfigChange): Answer<ApiApplied>;
  history(): Answer<readonly ApiEdition[]>;
  /** The text of an edition; `null`: there is none of that id. */
  edition(id: string): Answer<string | null>;
  rollback(id: string, hash: string, change: ConfigChange): Answer<ApiApplied>;
}

/** Folders of files that are replaced as a whole. `createDeployments` keeps them on a disk. */
export interface AdminDeployments {
  list(): Answer<readonly ApiDeployment[]>;
  /** Throws the reason if `activate` could not work, before a file is received for nothing. Default: it can. */
  expectSwitch?(name: string): Answer<void>;
  /** Makes a version of the ZIP file and returns its id. The file is removed by the caller. */
  add(name: string, zipFile: string, user: string): Promise<string>;
  activate(name: string, version: string): Promise<void>;
  /** The longest ZIP file, in bytes. */
  readonly maxUploadBytes: number;
  /** The folder for files that arrive. */
  readonly uploadFolder: string;
}

/** What changes, as it changes. */
export interface AdminEvents {
  /** Returns a function that ends it. Called when the first client listens. */
  subscribe(listener: AdminEventListener): () => void;
}

/** Hears an event. */
export type AdminEventListener = <Name extends keyof ApiEvents>(name: Name, data: ApiEvents[Name]) => void;
