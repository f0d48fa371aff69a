import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { claimLink, saveLink } from '#db/contacts/links.ts';
import { setAccountMode } from '#db/sync/account-modes.ts';
import { recordRefusal } from '#db/sync/inbox.ts';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ scheduleIds: ['accord-missing'] });
});
afterAll(() => api.close());

interface Finding {
  check: string;
  severity: string;
  says: string;
  fix: string | null;
}

it('names what is wrong in one sentence each, with what to do, the errors first', async () => {
  const error = { operation: 'update', status: 401, traceId: null, permanent: true, at: '' };
  for (const externalId of ['1', '2']) {
    const { id } = await claimLink(api.db, { provider: 'gohighlevel', accountId: 'loc', externalId });
    await saveLink(api.db, id, { last_error: { type: 'AuthenticationError', message: 'the key was refused', ...error } });
  }
  const asked = await claimLink(api.db, { provider: 'gohighlevel', accountId: 'loc', externalId: '3' });
  await saveLink(api.db, asked.id, { held: { company: 'Analytical Engines' } });
  await setAccountMode(api.db, 'gohighlevel', 'paused');
  const refusal = { route: '/webhooks/ghl', status: 401, code: 'bad-signature', reason: 'wrong key', remoteAddress: null };
  await recordRefusal(api.db, { ...refusal, count: 7 });

  const response = await api.get('/api/v1/findings');
  expect(await faultsOf('get', '/api/v1/findings', response)).toEqual([]);
  const { findings } = ((await response.json()) as { data: { findings: Finding[] } }).data;
  const expected = [
    ['servers', 'error', /lacks the schedules accord-missing\.$/, /Start a worker/],
    ['workers', 'error', /No worker serves gohighlevel/, /npm run worker/],
    [
      'parked',
      'error',
      /2 records are out of step at gohighlevel \(AuthenticationError\)/,
      /accord retry --error AuthenticationError/,
    ],
    ['webhooks', 'warning', /No webhook of gohighlevel has ever arrived/, /Register/],
    ['webhooks', 'warning', /7 requests to \/webhooks\/ghl were refused/, /Compare the secret/],
    ['questions', 'note', /^1 record has a conflict that waits/, /accord contact --state asked/],
    ['accounts', 'note', /gohighlevel/, /accord/],
  ] as const;
  for (const [check, severity, says, fix] of expected)
    expect(findings).toContainEqual({ check, severity, says: expect.stringMatching(says), fix: expect.stringMatching(fix) });
  const severities = findings.map(({ severity }) => ['error', 'warning', 'note'].indexOf(severity));
  expect(severities).toEqual(severities.toSorted());
});
