import { definePackage } from '../../scripts/tsup-package.ts';

export default definePackage(['index', 'admin', 'apps', 'certificate-folder', 'ftp-address', 'metrics']);
