/** What may be done: `look` reads, `operate` also acts on what runs, `configure` also changes the configuration and what is deployed. */
export type AdminRole = 'look' | 'operate' | 'configure';

/** An error, as `application/problem+json` (RFC 9457). */
export interface ApiProblem {
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
  /** The code of the error. */
  readonly code: string;
}

/** `GET /session`, and the answer to `POST /session` with `{ user, password }` or `{ token }`. `DELETE /session` ends it. */
export interface ApiSession {
  readonly user: string;
  readonly role: AdminRole;
  /** Must come as `X-Windhover-Csrf` with every request but GET that has the cookie of the session. `null` for a bearer token. */
  readonly csrf: string | null;
  /** Milliseconds since the epoch; `null`: it does not end. */
  readonly endsAt: number | null;
  /** What this server has: `overview`, `pools`, `config` … What is missing answers 404 with `ADMIN_NOT_OFFERED`. */
  readonly areas: readonly string[];
}

/** `GET /overview`. */
export interface ApiOverview {
  readonly version: string;
  readonly pid: number;
  readonly startedAt: number;
  readonly node: string;
  readonly host: string;
  readonly workers: readonly ApiWorker[];
  readonly listeners: readonly { readonly url: string }[];
  readonly config: ApiConfigState;
}

export interface ApiWorker {
  readonly id: string;
  readonly pid: number | null;
  readonly state: string;
  readonly startedAt: number | null;
  /** Bytes. */
  readonly memory: number | null;
  readonly connections: number | null;
}

export interface ApiConfigState {
  readonly file: string;
  /** How many configurations have taken effect. */
  readonly edition: number;
  readonly reloadedAt: string | null;
  /** Why the last reload changed nothing; `null`: it did. */
  readonly error: string | null;
}

/** One moment, for plots. `GET /stats?minutes=15` has those of the last minutes, oldest first; `stats` of `GET /events` brings each new one. */
export interface ApiSample {
  readonly at: number;
  /** Per second since the sample before. */
  readonly requests: number;
  /** Of them, answers of 500 and above, and those that did not end well, per second. */
  readonly errors: number;
  /** Milliseconds; `null` without requests. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  /** Bytes per second of bodies. */
  readonly received: number;
  readonly sent: number;
  readonly connections: number;
  readonly inFlight: number;
  /** Of one core, summed over all processes of the server: 2 are two full cores. */
  readonly cpu: number;
  /** Bytes, summed over all processes of the server. */
  readonly memory: number;
  /** The longest wait of the event loop in milliseconds. */
  readonly eventLoop: number;
}

/** `GET /sites`: what the configuration has. */
export interface ApiSites {
  readonly defaultSite: string | null;
  /** Around every site. */
  readonly layers: readonly ApiLayer[];
  readonly sites: readonly {
    readonly name: string;
    readonly hosts: readonly string[];
    readonly layers: readonly ApiLayer[];
    readonly routes: readonly {
      readonly path: string;
      /** Its conditions, in words: `GET, POST`, `header x-beta`. */
      readonly conditions: readonly string[];
      readonly layers: readonly ApiLayer[];
    }[];
  }[];
}

export interface ApiLayer {
  readonly feature: string;
  /** For example `sites.shop.routes[1].proxy`. */
  readonly place: string;
  readonly phases: readonly string[];
  /** Switched off here. */
  readonly isOff: boolean;
}

/** Something of a feature that can be seen and changed: `GET /things?kind=upstream`. */
export interface ApiThing {
  /** `upstream`, `cache`, `limit`; a plugin's own begins with its name. */
  readonly kind: string;
  readonly name: string;
  /** Where it stands in the configuration. */
  readonly place: string;
  /** What it is now. Numbers under a key `counts` are summed over the workers, lists under `all` are joined. */
  readonly state: unknown;
  /** What may be asked for: `POST /things/{kind}/{name}/{action}` with the arguments as a JSON object. */
  readonly actions: readonly string[];
}

/** The state of a thing of kind `upstream`. Actions: `drain`, `undrain` `{ address }`, `weight` `{ address, weight }`. */
export interface UpstreamState {
  readonly balance: string;
  readonly counts: { readonly waiting: number };
  readonly servers: readonly {
    readonly address: string;
    readonly state: 'up' | 'warming' | 'draining' | 'unhealthy' | 'ejected' | 'unreachable' | 'open';
    readonly weight: number;
    readonly backup: boolean;
    /** Milliseconds until answers begin, the moving average; `null`: there was none. */
    readonly latency: number | null;
    readonly lastFailure: string | null;
    /** `errors`: answers of 500 and above, and connections that ended without one. `failures`: attempts to connect that failed since one succeeded. */
    readonly counts: {
      readonly active: number;
      readonly total: number;
      readonly errors: number;
      readonly failures: number;
    };
  }[];
}

/** The state of a thing of kind `cache`. Action: `purge` with one of `{ url }`, `{ prefix }`, `{ tag }`, `{ all: true }`, and `soft`. */
export interface CacheState {
  readonly counts: Readonly<Record<string, number>>;
  readonly entries: number | null;
  readonly bytes: number | null;
}

/** The state of a thing of kind `ftp`, a server of FTP. Action: `end` `{ session }`, the name of one. */
export interface FtpState {
  readonly counts: { readonly sessions: number; readonly transfers: number };
  /** The oldest of each worker first, at most 1,000 of each. */
  readonly sessions: { readonly all: readonly FtpSessionState[] };
}

/** A client of a server of FTP. */
export interface FtpSessionState {
  /** Unique in the whole server. */
  readonly name: string;
  /** `null`: nobody has logged in. */
  readonly user: string | null;
  readonly client: string;
  readonly startedAt: number;
  /** Whether the control connection has TLS. */
  readonly isSecure: boolean;
  readonly folder: string;
  /** The command that is being answered; `null`: none. */
  readonly command: string | null;
  /** The file or folder that is being transferred; `null`: none. */
  readonly path: string | null;
  /** Of all transfers of this session. */
  readonly bytes: number;
}

/** `GET /pools`. `POST /pools/{name}/start | stop | recycle`, `GET /pools/{name}/log?lines=100` (`{ lines }`). */
export interface ApiPool {
  readonly name: string;
  /** `running`, `restarting` (it has failed, and is tried again), `stopped`, `failed`, `idle` … */
  readonly phase: string;
  /** Since somebody has started, recycled or changed it. */
  readonly failures: number;
  readonly lastFailure: string | null;
  readonly instances: readonly {
    readonly id: number;
    readonly pid: number | null;
    readonly stage: string;
    readonly address: string;
    readonly startedAt: number;
    readonly requests: number;
    /** Bytes; `null`: not known. */
    readonly memory: number | null;
  }[];
}

/** `GET /certificates`. */
export interface ApiCertificate {
  readonly names: readonly string[];
  /** A file, `acme`, `folder`, `local`. */
  readonly source: string;
  readonly issuer: string | null;
  readonly expiresAt: number | null;
  readonly renewsAt: number | null;
  readonly lastError: string | null;
  /** The answer of its OCSP responder that clients get with it; `null`: it names none, or this worker has not shown it yet. */
  readonly staple: {
    readonly responder: string;
    /** `null`: there is no answer. */
    readonly goodUntil: number | null;
    /** Whether clients refuse the certificate without one. */
    readonly isRequired: boolean;
    readonly lastError: string | null;
  } | null;
}

/** `GET /requests`: what is under way, the oldest first. At most 1,000. `POST /requests/{id}/abort` ends one. */
export interface ApiRequest {
  readonly id: string;
  readonly worker: string;
  readonly method: string;
  readonly host: string;
  readonly url: string;
  readonly client: string;
  readonly site: string | null;
  readonly route: string | null;
  /** What it waits in: the name of a feature, or `receiving`, `answering`. */
  readonly stage: string;
  readonly startedAt: number;
  /** The status, once the answer has begun. */
  readonly status: number | null;
}

/** `GET /connections`: those that are open, the oldest first. At most 1,000. `POST /connections/{id}/close` closes one. */
export interface ApiConnection {
  readonly id: string;
  readonly worker: string;
  /** The client's address and port; empty for a Unix socket. */
  readonly client: string;
  /** Where the client has connected to. */
  readonly local: string;
  /** `HTTP/1.1` for instance. `null`: not known yet, or a tunnel. */
  readonly protocol: string | null;
  /** The version of TLS; `null`: none. */
  readonly tls: string | null;
  /** The name that the client has asked for in TLS. */
  readonly serverName: string | null;
  /** `arriving` (in a TLS handshake, or checked), `idle`, `busy`, `tunnel` (a WebSocket, for instance). */
  readonly state: string;
  readonly openedAt: number;
  /** How many requests it is answering. */
  readonly requests: number;
}

/** `GET /traces`, newest first. `GET /traces/{id}` is an `ApiTrace`, `DELETE /traces` forgets all. */
export interface ApiTraceSummary {
  readonly id: string;
  readonly at: number;
  readonly method: string;
  readonly host: string;
  readonly url: string;
  readonly client: string;
  readonly site: string | null;
  readonly route: string | null;
  readonly status: number;
  /** How it ended: `complete`, `aborted` … */
  readonly end: string;
  /** Milliseconds. */
  readonly duration: number;
  /** The rule that kept it: `status 500-599 or no answer`. */
  readonly rule: string;
}

/** Every step of a request. Times are milliseconds after its start. */
export interface ApiTrace extends ApiTraceSummary {
  /** Without credentials. */
  readonly requestHeaders: readonly (readonly [name: string, value: string])[];
  readonly responseHeaders: readonly (readonly [name: string, value: string])[];
  readonly steps: readonly {
    readonly feature: string;
    readonly phase: string;
    readonly place: string;
    readonly from: number;
    readonly to: number;
    /** What it did: `passed on`, `answered 404`, `threw HTTP_…`, and why. */
    readonly outcome: string;
    readonly reasons: readonly string[];
  }[];
  /** What happened in between: `head sent`, `upstream connected`. */
  readonly events: readonly { readonly at: number; readonly text: string }[];
  /** Whether steps were left out because the trace was too long. */
  readonly isCut: boolean;
}

/** `GET /log?lines=500&level=warn&contains=text`: the lines of this server, oldest first; `log` of `GET /events` brings each new one. */
export interface ApiLogLine {
  readonly at: number;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly facts: Readonly<Record<string, unknown>>;
  /** The application that said it; `null`: the server. */
  readonly pool: string | null;
}

/** `GET /config`. */
export interface ApiConfig extends ApiConfigState {
  readonly text: string;
  /** Of the text; `PUT /config` must name it, so that nobody overwrites what another has written. */
  readonly hash: string;
  /** Why it cannot be edited here (a module, a file that cannot be written); `null`: it can. */
  readonly readOnly: string | null;
}

/** `POST /config/validate` with `{ text }`. */
export interface ApiValidation {
  readonly ok: boolean;
  readonly problems: readonly {
    readonly message: string;
    readonly path: string;
    /** From 1; `null`: of the whole file. */
    readonly line: number | null;
    readonly column: number | null;
    readonly isWarning: boolean;
  }[];
}

/** `PUT /config` with `{ text, hash, note? }` answers it, or 409 if the file has changed, or 422 with an `ApiValidation`. `POST /config/history/{id}/rollback` with `{ hash, note? }` too. */
export interface ApiApplied {
  readonly edition: number;
  readonly hash: string;
}

/** `GET /config/history`, newest first. `GET /config/history/{id}`: `{ text }`. `GET /config/history/{id}/diff?to=ID` or to the present: `{ diff }`, unified. */
export interface ApiEdition {
  readonly id: string;
  readonly at: number;
  readonly user: string;
  readonly note: string;
  readonly hash: string;
  /** Its number, as in `GET /config`; `null`: it was in effect before the program started, or never. */
  readonly edition: number | null;
  readonly isCurrent: boolean;
}

/** `GET /audit`, newest first: who changed what, and who was refused. */
export interface ApiAuditEntry {
  readonly at: number;
  readonly user: string;
  readonly client: string;
  readonly action: string;
  readonly target: string;
  readonly outcome: 'done' | 'refused' | 'failed';
  readonly detail: string;
}

/** `GET /deployments`. `PUT /deployments/{name}` with a ZIP makes a version; `POST /deployments/{name}/activate` `{ version }` switches. */
export interface ApiDeployment {
  readonly name: string;
  readonly folder: string;
  readonly current: string | null;
  readonly versions: readonly {
    readonly id: string;
    readonly at: number;
    readonly user: string;
    readonly files: number;
    readonly bytes: number;
  }[];
}

/** `GET /users`: who may log in. */
export interface ApiUser {
  readonly name: string;
  readonly role: AdminRole;
  readonly isToken: boolean;
}

/** The events of `GET /events` (`text/event-stream`), each with JSON as data. `changed` names lists to read again. */
export interface ApiEvents {
  readonly stats: ApiSample;
  readonly log: ApiLogLine;
  readonly trace: ApiTraceSummary;
  readonly audit: ApiAuditEntry;
  readonly changed: {
    readonly what: readonly ('overview' | 'pools' | 'things' | 'config' | 'certificates' | 'deployments')[];
  };
}
