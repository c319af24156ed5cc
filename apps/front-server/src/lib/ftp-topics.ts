/** A worker asks the supervisor to count: `CountMessage`. It is meant for nobody else. */
export const ftpCountTopic = 'ftp count';
/** The answer of the supervisor: `CountAnswer`. */
export const ftpCountedTopic = 'ftp counted';
/** A login at a server of FTP has failed in another worker: the address of the client. */
export const ftpFailureTopic = 'ftp failure';

/** What a worker tells the supervisor of its counts. */
export type CountMessage =
  | { readonly is: 'add'; readonly id: number; readonly key: string; readonly amount: number; readonly max: number }
  | { readonly is: 'hold'; readonly id: number; readonly key: string }
  | { readonly is: 'remove'; readonly key: string; readonly amount: number }
  | { readonly is: 'measured'; readonly key: string; readonly value: number }
  | { readonly is: 'release'; readonly key: string; readonly isStale: boolean };

/** Whether something was added, or is known. */
export interface CountAnswer {
  readonly id: number;
  readonly value: boolean;
}
