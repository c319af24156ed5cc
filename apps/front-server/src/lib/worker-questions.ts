import type { FileSinkOptions, SyslogOptions } from '@windhover/access-log';
import type { RevocationReason } from '@windhover/certificates';
import type { ConfigSnapshot } from '@windhover/config';
import type { MetricsSnapshot } from '@windhover/metrics';
import type { TicketKeyState } from '@windhover/transport';
import type { AdministratorQuestion } from './admin/answer-administrator.ts';
import type { SaidLine } from './admin/log-tee.ts';
import type { SavedChanges } from './managed-things.ts';

/** A configuration that the supervisor hands to its workers. */
export interface ConfigEdition {
  /** Counts up with each configuration that is tried. */
  readonly number: number;
  readonly file: string;
  readonly snapshot: ConfigSnapshot;
}

/** The configuration of a worker that starts. */
export interface FirstEdition extends ConfigEdition {
  /** What administrators have changed. */
  readonly changes: SavedChanges;
  /** All workers have the same keys of session tickets. */
  readonly tickets: TicketKeyState;
}

/** What the supervisor asks a worker. */
export type QuestionToWorker =
  | { readonly kind: 'check'; readonly edition: ConfigEdition }
  | { readonly kind: 'prepare'; readonly edition: ConfigEdition }
  | { readonly kind: 'commit' | 'abandon'; readonly number: number }
  | { readonly kind: 'collect' }
  | { readonly kind: 'administer'; readonly question: AdministratorQuestion }
  | { readonly kind: 'certificates' }
  | { readonly kind: 'revoke-certificate'; readonly name: string; readonly reason: RevocationReason };

/** What a worker asks the supervisor. */
export type QuestionToSupervisor =
  | { readonly kind: 'edition' }
  | { readonly kind: 'last-metrics'; readonly snapshot: MetricsSnapshot }
  | { readonly kind: 'flush-log' | 'close-log'; readonly log: string };

/** What a worker says. */
export type ToldBySupervised =
  | { readonly kind: 'open-log'; readonly log: string; readonly target: LogTarget }
  | { readonly kind: 'log'; readonly log: string; readonly text: string }
  | Published
  /** A line of its log, while the configuration has the management API. */
  | { readonly kind: 'said'; readonly line: SaidLine }
  | {
      readonly kind: 'serving';
      readonly number: number;
      readonly sites: readonly string[];
      readonly secure: readonly string[];
    };

/** A message of a feature in one worker to the same feature in all others; the supervisor passes it on. */
export interface Published {
  readonly kind: 'published';
  readonly topic: string;
  readonly message: unknown;
}

/** Where the lines of a log go. */
export type LogTarget =
  | { readonly file: string; readonly options: FileSinkOptions }
  | { readonly syslog: SyslogOptions };
