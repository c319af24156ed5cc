export { type FtpRule, mayAccess, type RuleUser } from './lib/access/access-rule.ts';
export { type ExplainedAccess, explainAccess } from './lib/access/explain-access.ts';
export type { FailureLimit } from './lib/access/failure-guard.ts';
export { type Isolation, type UserRoot, userRoot } from './lib/access/user-root.ts';
export { createLocalCounts, type FtpCounts, type FtpSharing } from './lib/counts/ftp-counts.ts';
export { createFtpServer, type FtpLimits, type FtpServer, type FtpServerOptions } from './lib/create-ftp-server.ts';
export { FtpError, type FtpErrorCode, ftpErrors } from './lib/errors.ts';
export { FileError } from './lib/files/file-error.ts';
export type {
  FileFacts,
  FileFault,
  FileReader,
  FileWriter,
  FtpFileSystem,
  WriteOptions,
} from './lib/files/file-system.ts';
export { createFolderFileSystem, type FolderFileSystemOptions } from './lib/files/folder-file-system.ts';
export { resolveFtpPath } from './lib/files/ftp-path.ts';
export { createMemoryFileSystem, type MemoryFileSystemOptions } from './lib/files/memory-file-system.ts';
export { partOf } from './lib/files/part-of.ts';
export { withFolders } from './lib/files/with-folders.ts';
export { createZipFileSystem, type ZipFileSystemOptions } from './lib/files/zip-file-system.ts';
export { ftpHostKey, meantFtpHost } from './lib/protocol/host-key.ts';
export type { FtpSite } from './lib/resolve-site.ts';
export type { ChannelEvent } from './lib/session/channel-event.ts';
export { channelLog } from './lib/session/channel-log.ts';
export { commandLog } from './lib/session/command-log.ts';
export type { FtpCommand } from './lib/session/ftp-command.ts';
export type { FtpUsers, UserFiles } from './lib/session/ftp-settings.ts';
export { commandLogHeader } from './lib/session/log-line.ts';
export type { SessionInfo, TransferInfo } from './lib/session/session-info.ts';
