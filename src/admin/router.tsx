import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { Health } from './pages/health/health.tsx';
import { basePath } from './rest/base-path.ts';
import { filters, plainSearch } from './ui/search.ts';
import { Broken } from './ui/shell/broken.tsx';
import { NotFound } from './ui/shell/not-found.tsx';
import { Shell } from './ui/shell/shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

// The page that most people open first comes with the frame, not after it.
const health = createRoute({ getParentRoute: () => root, path: '/', component: Health });

const needsYou = createRoute({
  getParentRoute: () => root,
  path: '/needs-you',
  component: lazyRouteComponent(() => import('./pages/needs-you/needs-you.tsx'), 'NeedsYou'),
});

const goLive = createRoute({
  getParentRoute: () => root,
  path: '/go-live',
  component: lazyRouteComponent(() => import('./pages/go-live/go-live.tsx'), 'GoLive'),
});

const connections = createRoute({
  getParentRoute: () => root,
  path: '/connections',
  component: lazyRouteComponent(() => import('./pages/connections/connections.tsx'), 'Connections'),
});

const activity = createRoute({
  getParentRoute: () => root,
  path: '/activity',
  validateSearch: filters('tab', 'kind', 'actor'),
  component: lazyRouteComponent(() => import('./pages/activity/activity.tsx'), 'Activity'),
});

const inbox = createRoute({
  getParentRoute: () => root,
  path: '/inbox',
  validateSearch: filters('tab'),
  component: lazyRouteComponent(() => import('./pages/inbox/inbox.tsx'), 'Inbox'),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  validateSearch: filters('tab'),
  component: lazyRouteComponent(() => import('./pages/settings/settings.tsx'), 'Settings'),
});

const webhooks = createRoute({
  getParentRoute: () => root,
  path: '/webhooks',
  validateSearch: filters('active', 'q'),
  component: lazyRouteComponent(() => import('./pages/webhooks/webhooks.tsx'), 'Webhooks'),
});

const newWebhook = createRoute({
  getParentRoute: () => root,
  path: '/webhooks/new',
  component: lazyRouteComponent(() => import('./pages/webhooks/new-webhook.tsx'), 'NewWebhook'),
});

const webhook = createRoute({
  getParentRoute: () => root,
  path: '/webhooks/$id',
  component: lazyRouteComponent(() => import('./pages/webhooks/webhook.tsx'), 'Webhook'),
});

const deliveries = createRoute({
  getParentRoute: () => root,
  path: '/deliveries',
  validateSearch: filters('state', 'event', 'endpoint', 'status', 'error', 'since', 'lead', 'tail'),
  component: lazyRouteComponent(() => import('./pages/deliveries/deliveries.tsx'), 'Deliveries'),
});

const delivery = createRoute({
  getParentRoute: () => root,
  path: '/deliveries/$id',
  component: lazyRouteComponent(() => import('./pages/deliveries/delivery.tsx'), 'Delivery'),
});

const live = createRoute({
  getParentRoute: () => root,
  path: '/live',
  validateSearch: filters('q'),
  component: lazyRouteComponent(() => import('./pages/live/live.tsx'), 'Live'),
});

const people = createRoute({
  getParentRoute: () => root,
  path: '/people',
  validateSearch: filters('q', 'state', 'account', 'tag', 'audience'),
  component: lazyRouteComponent(() => import('./pages/people/people.tsx'), 'People'),
});

const person = createRoute({
  getParentRoute: () => root,
  path: '/people/$id',
  component: lazyRouteComponent(() => import('./pages/people/person.tsx'), 'Person'),
});

const imports = createRoute({
  getParentRoute: () => root,
  path: '/imports',
  component: lazyRouteComponent(() => import('./pages/imports/imports.tsx'), 'Imports'),
});

const importedFile = createRoute({
  getParentRoute: () => root,
  path: '/imports/$id',
  component: lazyRouteComponent(() => import('./pages/imports/import.tsx'), 'ImportPage'),
});

const erasures = createRoute({
  getParentRoute: () => root,
  path: '/erasures',
  component: lazyRouteComponent(() => import('./pages/erasures/erasures.tsx'), 'Erasures'),
});

const erasure = createRoute({
  getParentRoute: () => root,
  path: '/erasures/$id',
  component: lazyRouteComponent(() => import('./pages/erasures/erasure.tsx'), 'ErasurePage'),
});

const suppressions = createRoute({
  getParentRoute: () => root,
  path: '/suppressions',
  validateSearch: filters('channel', 'q'),
  component: lazyRouteComponent(() => import('./pages/suppressions/suppressions.tsx'), 'Suppressions'),
});

const duplicates = createRoute({
  getParentRoute: () => root,
  path: '/duplicates',
  validateSearch: filters('state', 'contact'),
  component: lazyRouteComponent(() => import('./pages/duplicates/duplicates.tsx'), 'Duplicates'),
});

const deletes = createRoute({
  getParentRoute: () => root,
  path: '/deletes',
  validateSearch: filters('state'),
  component: lazyRouteComponent(() => import('./pages/deletes/deletes.tsx'), 'Deletes'),
});

const forms = createRoute({
  getParentRoute: () => root,
  path: '/forms',
  validateSearch: filters('waiting'),
  component: lazyRouteComponent(() => import('./pages/forms/forms.tsx'), 'Forms'),
});

const submission = createRoute({
  getParentRoute: () => root,
  path: '/forms/$id',
  component: lazyRouteComponent(() => import('./pages/forms/submission.tsx'), 'Submission'),
});

/** Every page has its address below `/admin`, and its filters in it. It follows the history of the window from now on. */
export function createAdminRouter() {
  return createRouter({
    routeTree: root.addChildren([
      ...[health, needsYou, people, person, erasures, erasure, suppressions, duplicates, deletes, forms, submission, live],
      ...[imports, importedFile],
      ...[webhooks, newWebhook, webhook, deliveries, delivery],
      ...[goLive, connections, inbox, settings, activity],
    ]),
    basepath: `${basePath}/admin`,
    defaultPreload: 'intent',
    defaultErrorComponent: Broken,
    scrollRestoration: true,
    ...plainSearch,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAdminRouter>;
  }
}
