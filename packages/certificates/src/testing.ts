export {
  type CertificateStoreRule,
  certificateStoreRules,
  type OpenCertificateStore,
} from './lib/certificate-store-rules.ts';
