import express, { type Request, Router } from 'express';
import type { ApiDeps } from '#api/deps.ts';
import { type Authorize, callerOf } from '#api/rest/auth.ts';
import { ApiProblem, invalidInput } from '#api/rest/errors.ts';
import { createFailureBudget } from '#api/rest/rate-limit.ts';
import { roleOf } from '#api/rest/role.ts';
import { assertSameOrigin, findSessionToken, sessionCookie } from '#api/rest/session-cookie.ts';
import { createSession, createSignInLink, endSession, takeSignInLink } from '#db/admin-sessions.ts';
import { type ApiKey, findApiKey } from '#db/api-keys.ts';
import { recordAudit } from '#db/audit-log.ts';
import { adminPath } from './pages.ts';
import { type SessionFacts, sessionPath, signIn } from './session-schemas.ts';

/** Sign-in, sign-out and sign-in links of the admin pages. The cookie of a session never contains the API key. */
export function createSessionRouter(deps: ApiDeps, authorize: Authorize, { failures = 30 } = {}): Router {
  const router = Router();
  const readJson = express.json({ limit: '4kb', type: () => true });
  const wrongKeys = createFailureBudget(failures, 'Too many wrong API keys came from this address.');

  router.post(sessionPath, readJson, async (req, res) => {
    assertSameOrigin(req);
    await wrongKeys.spend(req, res);
    const { id, name: keyName } = await getKey(deps, req.body);
    const { token, expiresAt } = await createSession(deps.db, id);
    await recordAudit(deps.db, { actor: `api-key:${keyName}`, action: 'session.sign-in', target: id });
    const { name, options } = sessionCookie(req, deps);
    res
      .cookie(name, token, { ...options, expires: expiresAt })
      .set('cache-control', 'no-store')
      .status(204)
      .end();
  });

  router.get(sessionPath, ...authorize(null), (_req, res) => {
    const { actor, scopes, isMasked, sessionEndsAt } = callerOf(res);
    const facts: SessionFacts = {
      ...{ name: actor.replace(/^api-key:/, ''), role: roleOf(scopes), scopes: [...scopes], isMasked },
      ...{ endsAt: sessionEndsAt?.toISOString() ?? null, hasSandboxes: (deps.sandboxes ?? []).length > 0 },
    };
    res.set('cache-control', 'no-store').json({ success: true, data: facts });
  });

  router.delete(sessionPath, async (req, res) => {
    assertSameOrigin(req);
    const token = findSessionToken(req);
    if (token !== null) await endSession(deps.db, token);
    const { name, options } = sessionCookie(req, deps);
    res.clearCookie(name, options).status(204).end();
  });

  router.post(`${sessionPath}/links`, ...authorize(null), async (req, res) => {
    const { keyId, actor } = callerOf(res);
    const { token, expiresAt } = await createSignInLink(deps.db, keyId);
    await recordAudit(deps.db, { actor, action: 'session.create-link', target: keyId, details: { expiresAt } });
    // In the fragment: browsers do not send it, so that it is in no log.
    const url = `${deps.publicUrl ?? originOf(req)}${adminPath}#link=${token}`;
    res.set('cache-control', 'no-store').status(201).json({ success: true, data: { url, expiresAt } });
  });

  return router;
}

/** The key that is signed in with. Throws a 400 or a 401 problem. */
async function getKey({ db }: ApiDeps, body: unknown): Promise<Pick<ApiKey, 'id' | 'name'>> {
  const { success, data, error } = signIn.safeParse(body);
  if (!success) throw invalidInput('body', error.issues);
  const key = 'key' in data ? await findApiKey(db, data.key) : await takeSignInLink(db, data.link);
  if (key !== undefined) return key;
  const detail =
    'key' in data
      ? 'This API key is unknown, has expired or was revoked.'
      : 'This sign-in link was used before, or has expired. Sign in with an API key.';
  throw new ApiProblem({ status: 401, code: 'unauthorized', detail });
}

const originOf = (req: Request): string => `${req.protocol}://${req.get('host')}`;
