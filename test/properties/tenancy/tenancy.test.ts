import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import pg from 'pg';
import { document } from '#test/api/docs/openapi-check.ts';
import { bytesOf, ed25519, ghlEvent, postBytes } from '#test/api/ingress/ghl-webhook.ts';
import { digestOf, type Side, startTwoWorkspaces, type TwoWorkspaces } from './two-workspaces.ts';

// I16 tenancy: whatever the owner of one workspace sends, nothing of the other one is read or changed. Both have the same ids.

let two: TwoWorkspaces;
beforeAll(async () => {
  two = await startTwoWorkspaces();
}, 60_000);
afterAll(() => two.close());

/** Attacker and victim, in both directions. */
const directions: [string, () => [Side, Side]][] = [
  ['the workspace attacks the default one', () => [two.sides[1], two.sides[0]]],
  ['the default workspace attacks the other one', () => two.sides],
];

interface Operation {
  method: string;
  path: string;
  isPublic: boolean;
}

/** From the OpenAPI document: a new operation is attacked without a change here. */
const operations: Operation[] = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
  Object.entries(Object(methods)).map(([method, operation]) => ({
    ...{ method: method.toUpperCase(), path },
    isPublic: Object(operation).security?.length === 0,
  })),
);

const keyed = operations.filter(({ isPublic }) => !isPublic);

/** A path for each id that it may have. */
function pathsOf({ path }: Operation, ids: readonly string[]): string[] {
  if (!path.includes('{')) return [path];
  return ids.map((id) => path.replaceAll(/\{\w+\}/g, encodeURIComponent(id)));
}

const bodies = [
  {},
  { with: '@', ids: ['@'], dry_run: false, all: true, accept: true, description: 'attacked', is_active: false },
];

async function attack(url: string, method: string, headers: Record<string, string>, id = ''): Promise<Response[]> {
  const sent = method === 'GET' || method === 'DELETE' ? [undefined] : bodies;
  return Promise.all(
    sent.map((body) =>
      fetch(url, {
        ...{ method, redirect: 'manual' },
        headers: { 'content-type': 'application/json', 'x-accord-admin': '1', ...headers },
        ...(body && { body: JSON.stringify(body).replaceAll('@', id) }),
      }),
    ),
  );
}

/** Empty for a stream of events, which does not end by itself: it tells topics only. */
async function textOf(response: Response): Promise<string> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response.text();
  await response.body?.cancel();
  return '';
}

describe.each(directions)('I16 tenancy: %s', (_, sides) => {
  it('by every operation, with every id of the other one: sees its own rows, and changes none of the other', async () => {
    const [attacker, victim] = sides();
    const before = await digestOf(victim.db);
    const seen: string[] = [];
    for (const operation of keyed) {
      for (const path of pathsOf(operation, two.ids)) {
        const responses = await attack(
          attacker.url + path,
          operation.method,
          { authorization: `Bearer ${attacker.key}` },
          two.ids[2],
        );
        const texts = await Promise.all(responses.map(textOf));
        if (texts.some((text) => text.includes(victim.marker))) seen.push(`${operation.method} ${path}`);
      }
    }
    expect(seen).toEqual([]);
    expect(await digestOf(victim.db)).toEqual(before);
  }, 120_000);

  it('its key, its session and its sign-in link open nothing of the other one', async () => {
    const [attacker, victim] = sides();
    const [own, foreign] = [await signIn(attacker, { key: attacker.key }), await signIn(victim, { key: victim.key })];
    const before = await digestOf(victim.db);
    // A browser has both, that of the longer path in front.
    const both = await fetch(`${attacker.url}/api/v1/session`, { headers: { cookie: `${own.cookie}; ${foreign.cookie}` } });
    expect(await both.text()).toContain(attacker.marker);
    const bearer = { authorization: `Bearer ${attacker.key}` };
    const attempts = [bearer, { 'x-api-key': attacker.key }, { cookie: own.cookie }];
    const opened: string[] = [];
    for (const [index, operation] of keyed.entries()) {
      const [path = ''] = pathsOf(operation, two.ids);
      const responses = await attack(victim.url + path, operation.method, attempts[index % attempts.length] ?? {});
      await Promise.all(responses.map(textOf));
      if (responses.some(({ status }) => status !== 401)) opened.push(`${operation.method} ${path}`);
    }
    expect(opened).toEqual([]);
    const created = await fetch(`${attacker.url}/api/v1/session/links`, { method: 'POST', headers: bearer });
    const [, link] = /#link=([\w-]+)"/.exec(await created.text()) ?? [];
    expect(link).toMatch(/.{20}/);
    expect((await signIn(victim, { link })).status).toBe(401);
    expect(await digestOf(victim.db)).toEqual(before);
    expect((await signIn(attacker, { link })).status).toBe(204);
  }, 60_000);

  it('a webhook and a form with its signature are refused at the other one, and count for itself', async () => {
    const [attacker, victim] = sides();
    const body = bytesOf(ghlEvent({ id: 'vendor-1', webhookId: randomUUID() }));
    const signature = { 'x-ghl-signature': ed25519(body, attacker.vendor) };
    const { ingress_refusal: _, ...before } = await digestOf(victim.db);
    expect((await postBytes(`${victim.url}/webhook/ghl`, body, signature)).status).toBe(401);
    const form = Buffer.from(JSON.stringify({ name: 'Somebody', email: 'a@example.com', phone: '+15125550143', consent: true }));
    const signed = signForm(form, attacker.formSecret);
    expect((await postBytes(`${victim.url}/webforms/contact`, form, signed)).status).toBe(401);
    const { ingress_refusal: __, ...after } = await digestOf(victim.db);
    expect(after).toEqual(before);
    expect((await postBytes(`${attacker.url}/webhook/ghl`, body, signature)).status).toBe(200);
    expect((await postBytes(`${attacker.url}/webforms/contact`, form, signed)).status).toBe(202);
    expect(await digestOf(victim.db)).toMatchObject(before);
  });

  it('the state of an authorisation is unknown at the other one', async () => {
    const [attacker, victim] = sides();
    // The refusals of the test before may be stored late.
    const { ingress_refusal: _, ...before } = await digestOf(victim.db);
    const open = async (state: string) => (await fetch(`${attacker.url}/connections/callback?code=code&state=${state}`)).text();
    expect(await open(victim.state)).toContain('Nobody began this authorisation');
    // Its own is found; the account that it is about is not in the configuration of this test.
    expect(await open(attacker.state)).toContain('no account');
    expect(await digestOf(victim.db)).toMatchObject(before);
  });

  it('a workflow for the same contact runs in the namespace of the one that asked', async () => {
    const [attacker, victim] = sides();
    const id = two.ids[2] ?? '';
    const handleOf = (side: Side) => side.temporal.workflow.getHandle(`contact/${id}`);
    await handleOf(victim)
      .terminate()
      .catch(() => {});
    await fetch(`${attacker.url}/sync/contacts/${id}/retry`, {
      method: 'POST',
      headers: { authorization: `Bearer ${attacker.key}` },
    });
    expect(attacker.temporal.options.namespace).not.toBe(victim.temporal.options.namespace);
    const described = await handleOf(victim)
      .describe()
      .catch(() => null);
    expect(described?.status.name ?? 'none').not.toBe('RUNNING');
  });

  it('SQL reaches no other database, and locks and notifications end at it', async () => {
    const [attacker, victim] = sides();
    const database = new URL(victim.databaseUrl).pathname.slice(1);
    await expect(sql`select * from ${sql.ref(`${database}.public.contact`)}`.execute(attacker.db)).rejects.toThrow(
      'cross-database',
    );
    const listening = new pg.Client({ connectionString: victim.databaseUrl });
    await listening.connect();
    const heard: (string | undefined)[] = [];
    listening.on('notification', ({ payload }) => heard.push(payload));
    await listening.query('listen webhook_due');
    await sql`select pg_notify('webhook_due', 'from the attacker')`.execute(attacker.db);
    await attacker.db.transaction().execute(async (tx) => {
      await sql`select pg_advisory_xact_lock(hashtextextended('write/gohighlevel/x', 0))`.execute(tx);
      const { rows } = await listening.query("select pg_try_advisory_lock(hashtextextended('write/gohighlevel/x', 0)) as free");
      expect(rows).toEqual([{ free: true }]);
    });
    // Notifications arrive in order: what the attacker sent would be before it.
    await listening.query("select pg_notify('webhook_due', 'own')");
    await listening.query('select');
    expect(heard).toEqual(['own']);
    await listening.end();
  });
});

it('the documentation and metrics of each name its own address', async () => {
  const [main, other] = two.sides;
  const page = await (await fetch(`${other.url}/docs`)).text();
  expect([...page.matchAll(/(?:src|href)="([^"]+)"/g)].every(([, source]) => source?.startsWith('/w/acme/docs/'))).toBe(true);
  expect((await fetch(`${other.url}/`, { redirect: 'manual' })).headers.get('location')).toBe('/w/acme/docs');
  const metricsOf = async ({ url, key }: Side) =>
    (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${key}` } })).text();
  expect(await metricsOf(other)).toMatch(/accord_webhooks_total\{[^}]*workspace="acme"[^}]*\}/);
  expect(await metricsOf(main)).not.toContain('workspace=');
  expect((await fetch(`${main.url}/w/unknown/healthz`)).status).toBe(404);
  expect((await fetch(`${main.url}/w/acme/healthz`)).status).toBe(200);
});

async function signIn({ url }: Side, body: object): Promise<{ status: number; cookie: string }> {
  const headers = { 'content-type': 'application/json', 'x-accord-admin': '1' };
  const response = await fetch(`${url}/api/v1/session`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, cookie: String(response.headers.get('set-cookie')).split(';')[0] ?? '' };
}

function signForm(body: Buffer, secret: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', secret).update(`${timestamp}.contact.`).update(body).digest('hex');
  return { 'x-accord-timestamp': timestamp, 'x-accord-signature': signature };
}
