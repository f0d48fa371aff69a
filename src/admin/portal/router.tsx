import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { basePath } from '#admin/rest/base-path.ts';
import { filters, plainSearch } from '#admin/ui/search.ts';
import { Broken } from '#admin/ui/shell/broken.tsx';
import { NotFound } from '#admin/ui/shell/not-found.tsx';
import { OwnDeliveries } from './own-deliveries.tsx';
import { OwnDelivery } from './own-delivery.tsx';
import { PortalShell } from './portal-shell.tsx';

const root = createRootRoute({ component: PortalShell, notFoundComponent: NotFound });

const deliveries = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: filters('state', 'endpoint'),
  component: OwnDeliveries,
});

// As in the admin pages, whose table of deliveries links there.
const delivery = createRoute({ getParentRoute: () => root, path: '/deliveries/$id', component: OwnDelivery });

/** The pages of a subscriber's link, below `/portal`. */
export const portalRouter = createRouter({
  routeTree: root.addChildren([deliveries, delivery]),
  basepath: `${basePath}/portal`,
  defaultErrorComponent: Broken,
  scrollRestoration: true,
  ...plainSearch,
});
