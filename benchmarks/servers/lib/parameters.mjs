import { readFileSync } from 'node:fs';

/** `node SERVER PORT WORK [FOLDER]`: the port, which handler, and for TLS the folder with `certificate.pem` and `key.pem`. */
export const [port, work, folder] = [Number(process.argv[2]), process.argv[3], process.argv[4]];

export const certFile = `${folder}/certificate.pem`;
export const keyFile = `${folder}/key.pem`;

/** The certificate and key as texts, or null without TLS. */
export const certificate = folder === undefined ? null : { cert: readFileSync(certFile), key: readFileSync(keyFile) };
