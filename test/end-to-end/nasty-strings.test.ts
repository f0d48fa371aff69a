import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fieldNames } from '#domain/contact.ts';
import { fieldTable } from '#domain/fields.ts';
import { sandboxes } from '#sandbox/index.ts';
import { type Accord, control, recordsOf, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { nastyStrings } from '#test/setup/nasty-strings.ts';
import { lastRequest, reconcileNow, writesSince } from '#test/setup/passes.ts';
import { nextPhone } from '#test/setup/people.ts';
import { formOrigin } from '#test/setup/provider-settings.ts';
import type { SandboxId } from '#test/setup/sandboxes.ts';
import { sampleOf } from '#test/setup/sweep.ts';
import { buildRecord, listTextFields, type TextPath, textAt } from '#test/setup/text-fields.ts';

const vendors = sandboxes.map(({ id }) => id);
const strings = sampleOf(Object.entries(nastyStrings), 'strings');

/** Every field of a contact that a visitor may type into. Tags are chosen from a list. */
const formTargets = [...new Set(fieldNames.flatMap((field) => Object.keys(fieldTable[field].forms)))].filter(
  (target) => target !== 'tag',
);
const formTypes: Record<string, string> = {
  email: 'email',
  phone: 'tel',
  birthday: 'date',
  message: 'textarea',
  note: 'textarea',
};
const everything = {
  ...{ title: 'Everything', trust: 'full', allowedOrigins: [formOrigin], rateLimit: { submissions: 10_000, minutes: 1 } },
  fields: formTargets.map((mapsTo) => ({ name: mapsTo, label: mapsTo, type: formTypes[mapsTo] ?? 'text', mapsTo })),
};

/** A text that the vendor took from a person. */
interface Planted {
  path: TextPath;
  text: string;
  what: string;
}

let accord: Accord;
/** By vendor and record id: the texts, and what the vendor showed before Accord read them. */
const planted = new Map<SandboxId, Map<string, { texts: Planted[]; before: unknown }>>();
const formAnswers: { what: string; status: number }[] = [];

beforeAll(async () => {
  accord = await startAccord({ providers: [...vendors, 'webform'], webformAccount: { forms: { everything } } });
  for (const { id, presets } of sandboxes) {
    await control(accord.sandboxes[id], 'PATCH', 'settings', { ...presets.unlimited, ...presets.immediate });
    await control(accord.sandboxes[id], 'PUT', 'webhooks', { drop: true });
  }
  const dialled = await createLeads();
  for (const vendor of vendors) await plantAt(vendor, vendor === 'calltools' ? dialled : undefined);
  await submitForms();
  for (const vendor of vendors) await reconcileNow(accord, vendor);
  await untilSettled();
}, 300_000);
afterAll(() => accord?.close());

/** The dialer takes no records of its own over, so its texts are typed into records that Accord made there. */
async function createLeads(): Promise<string[]> {
  const contacts = strings.map((_, at) => ({
    firstName: 'Ada',
    lastName: `Dialled ${at}`,
    phone: nextPhone(),
    tags: ['cold lead'],
  }));
  await control(accord.sandboxes.gohighlevel, 'POST', 'records', { contacts });
  await reconcileNow(accord, 'gohighlevel');
  return eventually(async () => {
    const rows = await recordsOf<{ id: number }>(accord.sandboxes.calltools);
    expect(rows).toHaveLength(strings.length);
    return rows.map(({ id }) => String(id));
  });
}

const spelling = {
  gohighlevel: { list: 'contacts', id: 'id', person: { firstName: 'Ada' } },
  square: { list: 'customers', id: 'id', person: { given_name: 'Ada' } },
  google: { list: 'people', id: 'resourceName', person: { names: [{ givenName: 'Ada' }] } },
  calltools: { list: 'update', id: 'id', person: {} },
} as const;

/** Types the strings into all text fields, shifted by one from record to record: each field gets each string. */
async function plantAt(vendor: SandboxId, known?: string[]): Promise<void> {
  const { list, person } = spelling[vendor];
  const people = strings.map(() => person);
  const created =
    known ?? (await control<Record<string, string[]>>(accord.sandboxes[vendor], 'POST', 'records', { [list]: people }))[list];
  const ids = created ?? [];
  const fields = await keepFreeTexts(vendor, ids[0] ?? '');
  const texts = new Map<string, Planted[]>();
  for (const [at, id] of ids.entries()) {
    const wanted = fields.map((path, shift) => {
      const [what = '', text = ''] = strings[(at + shift) % strings.length] ?? [];
      return { path, text, what };
    });
    texts.set(id, await keepTaken(vendor, id, wanted));
  }
  const records = await recordsOf(accord.sandboxes[vendor]);
  const byId = new Map(records.map((record) => [String(record[spelling[vendor].id]), record]));
  planted.set(vendor, new Map([...texts].map(([id, taken]) => [id, { texts: taken, before: byId.get(id) }])));
}

/** Dates, countries and the like are no free text: the vendor takes no name in them. */
async function keepFreeTexts(vendor: SandboxId, id: string): Promise<TextPath[]> {
  const plain = listTextFields(vendor).map((path) => ({ path, text: 'Ada', what: 'a name' }));
  return (await keepTaken(vendor, id, plain)).map(({ path }) => path);
}

/** Writes the texts, and returns those that the vendor does not refuse. */
async function keepTaken(vendor: SandboxId, id: string, texts: Planted[]): Promise<Planted[]> {
  if (await write(vendor, id, texts)) return texts;
  if (texts.length === 1) return [];
  const middle = Math.ceil(texts.length / 2);
  const halves = [texts.slice(0, middle), texts.slice(middle)];
  const taken: Planted[] = [];
  for (const half of halves) taken.push(...(await keepTaken(vendor, id, half)));
  // Each half replaced the texts of the other one that stand in the same list.
  await write(vendor, id, taken);
  return taken;
}

async function write(vendor: SandboxId, id: string, texts: Planted[]): Promise<boolean> {
  const { list, id: key } = spelling[vendor];
  const record = { ...buildRecord(texts), [key]: vendor === 'calltools' ? Number(id) : id };
  const quiet = vendor === 'google' || vendor === 'calltools' ? {} : { webhooks: false };
  const response = await fetch(`${accord.sandboxes[vendor].controlUrl}/records`, {
    method: 'POST',
    body: JSON.stringify({ [list]: [record], ...quiet }),
    headers: { 'content-type': 'application/json' },
  });
  await response.arrayBuffer();
  return response.ok;
}

/** Submits the form with each string in each field. Fields that the form refuses are left out of a second submission. */
async function submitForms(): Promise<void> {
  const targets = formTargets.filter((target) => target !== 'phone');
  const submitFrom = async (at: number) => {
    const wanted = targets.map((name, shift) => [name, strings[(at + shift) % strings.length]?.[1] ?? ''] as const);
    const refused = await submit(Object.fromEntries([...wanted, ['phone', nextPhone()]]));
    if (refused.length === 0) return;
    const left = wanted.filter(([name]) => !refused.includes(name));
    expect(await submit(Object.fromEntries([...left, ['phone', nextPhone()]]))).toEqual([]);
  };
  await Promise.all(strings.map((_, at) => submitFrom(at)));
}

async function submit(values: object): Promise<string[]> {
  const response = await fetch(`${accord.api.url}/webforms/everything`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: formOrigin },
    body: JSON.stringify(values),
  });
  const { errors = [] } = (await response.json()) as { errors?: { pointer: string }[] };
  formAnswers.push({ what: JSON.stringify(values).slice(0, 200), status: response.status });
  return errors.map(({ pointer }) => pointer.replace('/body/', ''));
}

async function untilSettled(): Promise<void> {
  await eventually(async () => {
    const { waiting } = await accord.db
      .selectFrom('contact')
      .innerJoin('link', 'link.contact_id', 'contact.id')
      .select(({ fn }) => fn.count<string>('link.id').as('waiting'))
      .where('contact.merged_into', 'is', null)
      .where(({ eb, or }) =>
        or([eb('link.changed_at', 'is not', null), eb('contact.sync_status', '=', 'pending'), eb('link.state', '=', 'intent')]),
      )
      .where('link.last_error', 'is', null)
      .executeTakeFirstOrThrow();
    expect(waiting).toBe('0');
  }, 60_000);
}

describe('whatever people type', () => {
  it('is read by Accord: no record is left out', async () => {
    for (const [vendor, records] of planted) {
      const links = await accord.db.selectFrom('link').select(['external_id', 'shadow']).where('provider', '=', vendor).execute();
      const read = new Set(links.filter(({ shadow }) => shadow !== null).map(({ external_id }) => external_id));
      expect([vendor, [...records.keys()].filter((id) => !read.has(id))]).toEqual([vendor, []]);
      expect(records.size).toBe(strings.length);
      // Most texts were taken: the test would prove nothing otherwise.
      const taken = [...records.values()].flatMap(({ texts }) => texts.map(({ what }) => what));
      expect([...new Set(taken)].length).toBeGreaterThan(strings.length - 8);
      expect(taken.length).toBeGreaterThan(strings.length * 8);
    }
  });

  it('leaves no contact stuck', async () => {
    const errors = await accord.db
      .selectFrom('link')
      .select(['provider', 'external_id', 'last_error'])
      .where('last_error', 'is not', null)
      .execute();
    expect(errors).toEqual([]);
    const states = await accord.db.selectFrom('contact').select('sync_status').distinct().execute();
    expect(states.map(({ sync_status }) => sync_status)).not.toContain('failed');
    expect(states.map(({ sync_status }) => sync_status)).not.toContain('pending');
  });

  it('is refused by a form, or accepted, and never fails', () => {
    expect(formAnswers.filter(({ status }) => status !== 202 && status !== 422)).toEqual([]);
    expect(formAnswers.filter(({ status }) => status === 202)).toHaveLength(strings.length);
  });

  it.each(vendors)('makes %s neither fail nor refuse a write', (vendor) => {
    const bad = accord.sandboxes[vendor]
      .requests()
      .filter(({ status }) => status !== null && (status >= 500 || status === 400 || status === 422));
    expect(bad.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([]);
  });

  it.each(vendors)('stays as it was typed at %s', async (vendor) => {
    const records = await recordsOf(accord.sandboxes[vendor]);
    const byId = new Map(records.map((record) => [String(record[spelling[vendor].id]), record]));
    const changed = [...(planted.get(vendor) ?? [])].flatMap(([id, { texts, before }]) =>
      texts.flatMap(({ path, what }) => {
        const [then, now] = [textAt(before, path), textAt(byId.get(id), path)];
        return JSON.stringify(then) === JSON.stringify(now) ? [] : [{ field: path.join('.'), what, then, now }];
      }),
    );
    expect(changed).toEqual([]);
  });

  it('reaches the other vendors', async () => {
    const [{ linked } = { linked: '0' }] = await accord.db
      .selectFrom('link')
      .select(({ fn }) => fn.count<string>('id').as('linked'))
      .where('state', '=', 'linked')
      .execute();
    expect(Number(linked)).toBeGreaterThan(strings.length * 3 * 4);
  });

  it('causes no write in a pass without changes', async () => {
    const before = vendors.map((vendor) => lastRequest(accord.sandboxes[vendor]));
    for (const vendor of vendors) await reconcileNow(accord, vendor);
    await untilSettled();
    const written = vendors.flatMap((vendor, at) => writesSince(accord.sandboxes[vendor], before[at] ?? 0));
    expect(written).toEqual([]);
  });
});
