import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ProviderValues } from '#domain/contact.ts';
import * as errors from '#providers/errors.ts';
import type { CallObserver } from '#providers/http-call.ts';
import type { TokenStore } from '#providers/oauth.ts';
import type { ProviderClient, ProviderRecord } from '#providers/provider.ts';
import { describeBatches } from './contract/batches.ts';
import { describeChanges } from './contract/changes.ts';
import { asRead, e164, email, noChange, person, referenceOf, whole, withoutReadOnly } from './contract/people.ts';
import type { ContractBench, ContractSubject } from './contract/subject.ts';
import { describeValues } from './contract/values.ts';
import { describeVersions } from './contract/versions.ts';
import { createSandboxControl, type SandboxControl } from './sandbox-control.ts';

export { e164, email, noChange, person } from './contract/people.ts';
export type { ContractSubject } from './contract/subject.ts';

/** For providers without OAuth, which use no tokens. */
export const noTokens: TokenStore = {
  find: async () => null,
  refreshExclusively: () => Promise.reject(new Error('No tokens are stored.')),
  saveFailure: async () => {},
};

/** The suite that every provider passes against its sandbox. */
export function describeProviderContract(subject: ContractSubject): void {
  const { provider, createRequest = { method: 'POST', path: '**/contacts/' } } = subject;
  let running: Awaited<ReturnType<ContractSubject['startSandbox']>>;
  let sandbox: SandboxControl;
  let client: ProviderClient;

  beforeAll(async () => {
    running = await subject.startSandbox();
    sandbox = createSandboxControl(running.controlUrl);
  });
  beforeEach(async () => {
    await sandbox.reset();
    await subject.prepare?.(sandbox);
    client = connect();
  });
  afterAll(() => running.close());

  function connect({
    account = {},
    environment = {},
    observer,
  }: {
    account?: object;
    environment?: object;
    observer?: CallObserver;
  } = {}): ProviderClient {
    return provider.connect({
      account: provider.accountSchema.parse({ ...subject.account, ...account }),
      secrets: provider.secretsSchema.parse({ ...subject.environment(running.url), ...environment }),
      tokens: subject.tokens ?? noTokens,
      lists: [],
      ...(observer && { observer }),
    });
  }

  const held = (values: ProviderValues) => provider.fitValues(values, provider.accountSchema.parse(subject.account));

  /** Creates a person that the vendor can store completely. */
  async function create(number = 0): Promise<ProviderRecord> {
    const { record } = await client.create(
      { ...noChange, set: person(number), addTags: ['Cold Lead'] },
      { reference: referenceOf(number) },
    );
    return record;
  }

  const bench: ContractBench = {
    ...{ provider, subject, connect, create, held },
    get client() {
      return client;
    },
    get sandbox() {
      return sandbox;
    },
  };
  describeValues(bench);
  describeVersions(bench);
  describeChanges(bench);
  describeBatches(bench);

  describe(`${provider.name}: records`, () => {
    it('reads the created record, reference included', async () => {
      const { outcome, record } = await client.create(
        { ...noChange, set: person(0), addTags: ['Cold Lead'] },
        { reference: referenceOf(0) },
      );
      expect(outcome).toBe('created');
      expect(record).toMatchObject({ reference: referenceOf(0), complete: true });
      expect(await client.read(record.externalId)).toEqual(record);
      expect(withoutReadOnly(provider, record.values)).toEqual(asRead(held(whole({ ...person(0), tags: ['Cold Lead'] }))));
    });

    it('tells the observer of each request: that it waited for its turn, how it went, and no id', async () => {
      const { externalId } = await create();
      const heard: [operation: string, status: number | null][] = [];
      let waits = 0;
      const observed = connect({
        observer: {
          waited: () => {
            waits += 1;
          },
          begin: (call) => (status) => heard.push([call.operation, status]),
        },
      });
      await observed.read(externalId);
      expect(heard).toContainEqual(['read contact', 200]);
      await sandbox.addFault({ path: '/**', status: 503, times: 1 });
      await expect(observed.read(externalId)).rejects.toThrow(errors.UnavailableError);
      expect(heard.at(-1)?.[1]).toBe(503);
      await sandbox.addFault({ path: '/**', dropResponse: true, times: 1 });
      await expect(observed.read(externalId)).rejects.toThrow(errors.UnavailableError);
      expect(heard.at(-1)?.[1]).toBe(null);
      expect(waits).toBeGreaterThanOrEqual(heard.length);
      expect(heard.filter(([operation]) => operation.includes(externalId))).toEqual([]);
    });

    it('reads only values that fitValues leaves unchanged', async () => {
      const { values } = await create();
      expect(held(values)).toEqual(withoutReadOnly(provider, values));
    });

    it('updates the fields of the patch and nothing else', async () => {
      const { externalId, values } = await create();
      const { outcome, record } = await client.update(
        externalId,
        { ...noChange, set: { familyName: 'King' } },
        { version: null },
      );
      expect(outcome).toBe('updated');
      expect(record.values).toEqual({ ...values, familyName: 'King' });
      expect(await client.read(externalId)).toEqual(record);
    });

    it('clears the fields that the patch empties', async () => {
      const { externalId } = await create();
      const set = { familyName: null, emails: [], addresses: [] };
      const { record } = await client.update(externalId, { ...noChange, set }, { version: null });
      expect(record.values).toMatchObject(set);
      expect((await client.read(externalId)).values).toMatchObject(set);
    });

    it('keeps unmapped fields and tags of others', async () => {
      const { externalId } = await create();
      await subject.edit(sandbox, externalId, { unmapped: 'theirs', addTag: 'vip' });
      const patch = { ...noChange, set: { givenName: 'Augusta' }, addTags: ['called'], removeTags: ['cold lead'] };
      const { record } = await client.update(externalId, patch, { version: null });
      if (provider.fields.includes('tags')) expect(record.values.tags?.toSorted()).toEqual(['called', 'vip']);
      expect(await subject.readUnmapped(sandbox, externalId)).toBe('theirs');
    });

    it('sets denials and never lifts them', async () => {
      const { externalId } = await create();
      const deny = { doNotContact: { call: true, sms: true, email: true } };
      await client.update(externalId, { ...noChange, set: deny }, { version: null });
      const allow = { doNotContact: { call: false, sms: false, email: false } };
      await client.update(externalId, { ...noChange, set: allow }, { version: null });
      expect((await client.read(externalId)).values).toMatchObject(held(deny));
    });

    it('makes no write for an empty patch', async () => {
      const { externalId } = await create();
      const before = await sandbox.lastRequest();
      await client.update(externalId, noChange, { version: null });
      const made = await sandbox.requestsSince(before);
      expect(new Set(made.map(({ method }) => method))).toEqual(new Set(['GET']));
    });

    it('deletes a record, and throws NotFoundError for one that is gone', async () => {
      const { externalId, version } = await create();
      const { externalId: other } = await create(1);
      await client.remove?.(externalId, { version });
      await expect(client.read(externalId)).rejects.toBeInstanceOf(errors.NotFoundError);
      await expect(client.remove?.(externalId, { version: null })).rejects.toBeInstanceOf(errors.NotFoundError);
      expect(await client.read(other)).toMatchObject({ externalId: other });
    });

    it('lists every record once, page by page', async () => {
      const created = [await create(1), await create(2), await create(3)];
      const listed: ProviderRecord[] = [];
      let cursor: string | null = null;
      do {
        const page = await client.list({ cursor });
        expect([3, null]).toContain(page.total);
        listed.push(...page.records);
        cursor = page.cursor;
      } while (cursor !== null);
      const ids = (records: ProviderRecord[]) => records.map(({ externalId }) => externalId).sort();
      expect(ids(listed)).toEqual(ids(created));
    });

    it('lists an empty account', async () => {
      expect(await client.list({ cursor: null })).toMatchObject({ records: [], cursor: null });
    });

    it('finds records by phone', async () => {
      const [, second] = [await create(1), await create(2)];
      const found = await client.find({ reference: null, phones: [e164(2)], emails: [] });
      expect(found.map(({ externalId }) => externalId)).toEqual([second.externalId]);
    });

    it('finds a record by our reference alone, if supported', async () => {
      if (!subject.findsByReference) return;
      const [, second] = [await create(1), await create(2)];
      const found = await client.find({ reference: referenceOf(2), phones: [], emails: [] });
      expect(found.map(({ externalId }) => externalId)).toEqual([second.externalId]);
    });

    it('finds nothing for an unknown lookup', async () => {
      await create(1);
      expect(await client.find({ reference: 'nobody', phones: ['+12055550199'], emails: ['nobody@example.com'] })).toEqual([]);
    });
  });

  describe(`${provider.name}: errors`, () => {
    it('throws NotFoundError for a deleted or unknown record', async () => {
      const { externalId } = await create();
      await subject.remove(sandbox, externalId);
      for (const id of [externalId, subject.unknownId]) {
        await expect(client.read(id)).rejects.toBeInstanceOf(errors.NotFoundError);
        const patch = { ...noChange, set: { familyName: 'King' } };
        await expect(client.update(id, patch, { version: null })).rejects.toBeInstanceOf(errors.NotFoundError);
      }
    });

    it('throws AuthenticationError for wrong credentials', async () => {
      const unauthorized = connect({ environment: subject.wrongKey });
      await expect(unauthorized.read(subject.unknownId)).rejects.toBeInstanceOf(errors.AuthenticationError);
    });

    it.each([
      ['with Retry-After', { 'retry-after': '7' }, 7],
      ['without Retry-After', {}, null],
    ])('throws RateLimitError for a 429 %s', async (_, headers, retryAfterSeconds) => {
      await sandbox.addFault({ status: 429, headers, body: {} });
      const error = await client.read(subject.unknownId).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(errors.RateLimitError);
      if (retryAfterSeconds !== null) expect(error).toMatchObject({ retryAfterSeconds });
    });

    it.each([
      ['an HTML page', { status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad Gateway</h1>' }],
      ['HTML with 200', { status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Maintenance</h1>' }],
      ['a missing response', { hang: true }],
      ['a broken connection', { dropResponse: true }],
    ])('throws UnavailableError for %s', async (_, fault) => {
      await sandbox.addFault(fault);
      const shortTimeout = connect({ account: { timeoutSeconds: 0.3 } });
      await expect(shortTimeout.read(subject.unknownId)).rejects.toBeInstanceOf(errors.UnavailableError);
    });

    it('finds the record of a create with a lost response', async () => {
      await create(1);
      await sandbox.addFault({ ...createRequest, dropResponse: true, times: 1 });
      await expect(create(2)).rejects.toBeInstanceOf(errors.UnavailableError);
      const found = await client.find({ reference: referenceOf(2), phones: [e164(2)], emails: [email(2)] });
      expect(found).toHaveLength(1);
      expect(await client.read(found[0]?.externalId ?? '')).toMatchObject({ reference: referenceOf(2) });
    });

    it('follows no redirects', async () => {
      const { externalId } = await create();
      const before = await sandbox.lastRequest();
      await sandbox.addFault({ status: 301, headers: { location: '/contacts/elsewhere' }, body: '', times: 1 });
      await expect(client.read(externalId)).rejects.toThrow('/contacts/elsewhere');
      expect(await sandbox.requestsSince(before)).toHaveLength(1);
    });

    it('never quotes personal data or secrets in errors', async () => {
      const { externalId } = await create();
      const messages: string[] = [];
      for (const status of [400, 401, 403, 404, 409, 422, 429, 500]) {
        await sandbox.addFault({ status, body: { message: `${email(0)} ${e164(0)} Lovelace`, detail: email(0) }, times: 1 });
        const error: unknown = await connect()
          .update(externalId, { ...noChange, set: person(0) }, { version: null })
          .catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(errors.ProviderError);
        messages.push(String(error));
      }
      for (const secret of [email(0), e164(0), 'Lovelace', ...Object.values(subject.environment(''))].filter(Boolean)) {
        expect(messages.join('\n')).not.toContain(secret);
      }
    });

    it('throws the reason when the caller aborts', async () => {
      await sandbox.addFault({ hang: true });
      const reason = new Error('cancelled');
      const controller = new AbortController();
      const reading = client.read(subject.unknownId, { signal: controller.signal });
      controller.abort(reason);
      await expect(reading).rejects.toBe(reason);
    });
  });

  it(`${provider.name}: starts queued calls by priority`, async () => {
    const single = connect({ account: { concurrency: 1 } });
    const { externalId } = await create();
    const before = await sandbox.lastRequest();
    const reads = [5, 3, 1, 2].map((priority) => single.read(`${externalId}${priority}`, { priority }).catch(() => {}));
    await Promise.all(reads);
    const order = (await sandbox.requestsSince(before)).map(({ path }) => path.replace(/\/?(\?.*)?$/, '').at(-1));
    // The first call was in flight before the others queued.
    expect(order).toEqual(['5', '1', '2', '3']);
  });
}
