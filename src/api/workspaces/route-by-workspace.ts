import type { IncomingMessage, RequestListener } from 'node:http';
import type { WorkspaceApi } from './workspace-api.ts';

type Handles = Pick<WorkspaceApi, 'handle'>;

/**
 * Hands a request below `/w/<name>` to the workspace of that name, and every other one to the default workspace. Nothing but the path
 * decides: a key or a cookie of another workspace is unknown where the path leads.
 */
export function routeByWorkspace(main: Handles, others: ReadonlyMap<string, Handles>): RequestListener {
  if (others.size === 0) return main.handle;
  return (req, res) => {
    const [base, name] = /^\/w\/([a-z\d-]+)(?=[/?]|$)/.exec(req.url ?? '') ?? [];
    const workspace = name === undefined ? undefined : others.get(name);
    if (base === undefined || workspace === undefined) return main.handle(req, res);
    mountAt(base, req);
    workspace.handle(req, res);
  };
}

/** As Express does for an app that is mounted in another one: routes see the rest of the path, `baseUrl` has the part before it. */
function mountAt(base: string, req: IncomingMessage): void {
  const rest = (req.url ?? '').slice(base.length);
  Object.assign(req, { originalUrl: req.url, baseUrl: base, url: rest.startsWith('/') ? rest : `/${rest}` });
}
