// A server of FTP for `benchmarks/ftp.mjs`: the folder of the first argument, for everybody. The file system of `/many` makes up entries.
import { createFolderFileSystem, createFtpServer } from '@windhover/ftp';

const folder = createFolderFileSystem(process.argv[2]);
const entry = (name, kind) => ({ name, kind, size: 1234, modifiedMs: 1.7e12, mode: 0o644, owner: 'ftp', group: 'ftp' });
const many = {
  ...{ stat: async () => entry('many', 'folder') },
  async *list() {
    for (let number = 0; number < 100_000; number++) yield entry(`file-${number}.bin`, 'file');
  },
  read: async () => Promise.reject(new Error('there are no bytes')),
};
const server = createFtpServer({
  ...{ root: folder, folders: { '/many': many }, anonymous: true, security: 'none', rules: [{ users: ['*'] }] },
  limits: { maxSessions: 2000, maxSessionsPerAddress: 2000, maxSessionsPerUser: 2000 },
});
const { name } = await server.listen({ host: '127.0.0.1', port: 0 });
console.log(`http://${name}`);
