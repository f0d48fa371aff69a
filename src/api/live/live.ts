import { setTimeout as delay } from 'node:timers/promises';
import express, { Router } from 'express';
import { z } from 'zod';
import type { ApiDeps, SandboxLink } from '#api/deps.ts';
import type { Lifecycle } from '#api/monitoring/health.ts';
import type { Authorize } from '#api/rest/auth.ts';
import { invalidInput, notFound } from '#api/rest/errors.ts';
import { openEventStream } from '#api/rest/event-stream.ts';
import { startPolls } from '#api/sync/start-runs.ts';
import { findAcross } from './find-across.ts';
import { editPerson } from './sandbox-people.ts';
import { watchPeople } from './watch.ts';

const root = '/api/v1/sandboxes';

/** An edit is expected to have arrived everywhere by then. */
const hotMs = 20_000;
/** Vendors without webhooks are asked for changes at once, as in the demonstration of `npm start`, instead of at the next minute. */
const pollForMs = 3_000;
const pollEveryMs = 300;

const text = z.string().max(200).nullable().optional();

const edit = z.strictObject({
  id: z.string().max(200),
  email: z.string().max(320),
  change: z.strictObject({
    givenName: text,
    familyName: text,
    phone: text,
    note: text,
    addTags: z.array(z.string().max(100)).max(5).optional(),
    doNotCall: z.boolean().optional(),
  }),
});

/**
 * The sandboxes of `npm start`, for the page that shows them side by side. Absent in production, so they are no part of the documented
 * API: docs/sandboxes.md describes the control routes that they call.
 */
export function createLiveRouter(deps: ApiDeps, authorize: Authorize, lifecycle: Lifecycle): Router {
  const router = Router();
  const { sandboxes = [] } = deps;
  if (sandboxes.length === 0) return router;
  const guard = authorize('sync:write');
  const hotUntil = new Map<string, number>();

  router.get(root, ...guard, (_req, res) => {
    res.json({ success: true, data: { sandboxes: sandboxes.map(({ id, title }) => ({ id, title })) } });
  });

  router.get(`${root}/people`, ...guard, async (req, res) => {
    const { q } = z.object({ q: z.string().max(100).default('') }).parse(req.query);
    res.json({ success: true, data: { people: await findAcross(sandboxes, q) } });
  });

  router.post(`${root}/:id/people`, ...guard, express.json(), async (req, res) => {
    const sandbox = getSandbox(sandboxes, String(req.params.id));
    const { success, data, error } = edit.safeParse(req.body);
    if (!success) throw invalidInput('body', error.issues);
    const at = Date.now();
    hotUntil.set(data.email, at + hotMs);
    await editPerson(sandbox, { id: data.id, ...data.change });
    void pollSoon(deps, sandbox.id);
    res.json({ success: true, data: { at } });
  });

  router.get(`${root}/events`, ...guard, async (req, res) => {
    const { emails } = z.object({ emails: z.string().max(4_000) }).parse(req.query);
    openEventStream(res);
    await watchPeople({
      sandboxes,
      emails: emails.split(',').slice(0, 20),
      isHot: (email) => (hotUntil.get(email) ?? 0) > Date.now(),
      isOver: () => res.closed || lifecycle.stopping,
      onSighting: (sighting) => res.write(`data: ${JSON.stringify(sighting)}\n\n`),
    });
    res.end();
  });

  return router;
}

function getSandbox(sandboxes: readonly SandboxLink[], id: string): SandboxLink {
  const sandbox = sandboxes.find((each) => each.id === id);
  if (!sandbox) throw notFound(`There is no sandbox ${id}.`);
  return sandbox;
}

async function pollSoon(deps: ApiDeps, account: string): Promise<void> {
  if (!deps.providers.some(({ id, isPolled }) => id === account && isPolled)) return;
  const until = Date.now() + pollForMs;
  try {
    while (Date.now() < until) {
      await startPolls(deps, account);
      await delay(pollEveryMs);
    }
  } catch (error) {
    deps.log.warn({ err: error, provider: account }, 'no poll after an edit in a sandbox');
  }
}
