import { configRoutes } from './config-routes.ts';
import { deploymentRoutes } from './deployment-routes.ts';
import { lookRoutes } from './look-routes.ts';
import { operateRoutes } from './operate-routes.ts';
import type { AdminRoute } from './route.ts';
import { sessionRoutes } from './session-routes.ts';

/** The whole API. */
export const allRoutes: readonly AdminRoute[] = [
  ...sessionRoutes,
  ...lookRoutes,
  ...operateRoutes,
  ...configRoutes,
  ...deploymentRoutes,
];
