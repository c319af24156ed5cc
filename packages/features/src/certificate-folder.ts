export { defaultCertificateFolder } from './lib/certificate-folder.ts';
