import { definePackage } from '../../scripts/tsup-package.ts';

export default definePackage(['index', 'counts']);
