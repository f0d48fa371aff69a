import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { type ApiScope, createApiKey } from '#db/api-keys.ts';
import { buildAdminPages } from '#dev/stack/admin-pages.ts';
import { type Accord, startAccord } from '#test/setup/accord.ts';
import { edit, untilEverywhere } from '#test/setup/hub.ts';
import { nextFamilyName, nextPhone } from '#test/setup/people.ts';
import { pollNow } from '#test/setup/polls.ts';
import { type Receiver, startReceiver } from '#test/setup/receiver.ts';
import { openBrowser, type Visitor } from './browser.ts';

/** What the tests of all screens share. Its properties exist from `beforeAll` on: read them inside tests. */
export interface Stage {
  accord: Accord;
  receiver: Receiver;
  browser: Awaited<ReturnType<typeof openBrowser>>;
  /** Somebody with a key of the scope `admin`. After each test, their pages must have reported no errors. */
  admin: Visitor;
  /** Creates an API key with these scopes. */
  keyFor(...scopes: ApiScope[]): Promise<string>;
}

/** Starts one stack and one browser for the tests that are described after it, and ends them. */
export function setStage(): Stage {
  const stage = { keyFor: (...scopes) => keyFor(stage.accord, scopes) } as Stage;
  beforeAll(async () => {
    [stage.accord, stage.receiver, stage.browser] = await Promise.all([
      startAccord({ providers: ['gohighlevel', 'calltools', 'square', 'google', 'webform'], showsSandboxes: true }),
      startReceiver(),
      openBrowser(),
      buildAdminPages(),
    ]);
    await pollNow(stage.accord, 'google');
    stage.admin = await stage.browser.visit(stage.accord.api.url, await stage.keyFor('admin'));
  }, 120_000);
  afterAll(async () => {
    await stage.browser?.close();
    await stage.receiver?.close();
    await stage.accord?.close();
  });
  afterEach(() => {
    expect(stage.admin.takeFaults()).toEqual([]);
  });
  return stage;
}

async function keyFor({ db }: Accord, scopes: readonly ApiScope[]): Promise<string> {
  return (await createApiKey(db, { name: scopes.join('+'), scopes })).key;
}

/** The id of an API key in the database. */
export async function keyIdOf({ db }: Accord, key: string): Promise<string> {
  const { id } = await db.selectFrom('api_key').select('id').where('prefix', '=', key.slice(0, 12)).executeTakeFirstOrThrow();
  return id;
}

/** A new person in GoHighLevel, who is in step with the other members unless they are not waited for. */
export async function lead(
  accord: Accord,
  change: object = {},
  { isEverywhere = true } = {},
): Promise<{ email: string; phone: string; ghlId: string }> {
  const phone = nextPhone();
  const email = `lead.${phone.slice(-7)}@example.com`;
  const person = { givenName: 'Ada', familyName: nextFamilyName(), phone, email, ...change };
  const ghlId = await edit(accord, 'gohighlevel', person);
  if (isEverywhere) await untilEverywhere(accord, email);
  return { email, phone, ghlId };
}
