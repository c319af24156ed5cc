import { parentPort } from 'node:worker_threads';
import { checkPassword } from './lib/password/check-password.ts';

// The thread of `createPasswordPool`: one check after the other.
parentPort?.on('message', ({ password, hash }: { readonly password: string; readonly hash: string }) => {
  checkPassword(password, hash).then(
    (isRight) => parentPort?.postMessage({ isRight }),
    (error: unknown) => parentPort?.postMessage({ error: String(error) }),
  );
});
