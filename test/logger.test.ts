import { describe, expect, it } from '@jest/globals';
import { createLogger } from '#logger.ts';

function openLog(level = 'info') {
  const lines: string[] = [];
  const log = createLogger({ level, destination: { write: (line) => void lines.push(line) } });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? 'null') };
}

it('writes one line of JSON with a fixed message, facts as fields, and the level as a word', () => {
  const { log, lines, last } = openLog();
  log.info({ contactId: 'c1', changed: ['phones', 'tags'], calls: 2 }, 'Contact synced');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/}\n$/);
  expect(last()).toMatchObject({ level: 'info', msg: 'Contact synced', contactId: 'c1', changed: ['phones', 'tags'], calls: 2 });
  expect(new Date(last().time).toISOString()).toBe(last().time);
});

it('drops lines below its level', () => {
  const { log, lines } = openLog('warn');
  log.info('Contact synced');
  expect(lines).toEqual([]);
});

describe('personal data and secrets', () => {
  const ada = 'ada@example.com';

  it.each<[string, object]>([
    [
      'a contact',
      { contact: { givenName: ada, emails: [{ address: ada }], phones: [{ e164: ada, raw: ada }], note: ada, jobTitle: ada } },
    ],
    ['a vendor record', { record: { firstName: ada, mobile_phone_number: ada, personal_email_address: ada, dateOfBirth: ada } }],
    ['a body', { request: { body: ada, headers: { authorization: ada } } }],
    ['a payload', { payload: { anything: ada } }],
    ['secrets by any spelling', { GHL_API_KEY: ada, 'x-accord-secret': ada, refreshToken: ada, password: ada, databaseUrl: ada }],
    ['a list of them', { rows: [[{ email: ada }], { deeper: { still: { phone: ada } } }] }],
    ['bytes', { key: Buffer.from(ada), nested: { key: new Uint8Array([1]) } }],
  ])('are redacted: %s', (_what, facts) => {
    const { log, lines, last } = openLog();
    log.info({ ...facts, kept: 'kept' }, 'Something happened');
    expect(lines.join()).not.toContain(ada);
    expect(lines.join()).toContain('[redacted]');
    expect(last().kept).toBe('kept');
  });

  it('are redacted from the bindings of a child logger', () => {
    const { log, lines } = openLog();
    log.child({ provider: 'calltools', apiKey: ada }).info('Something happened');
    expect(lines.join()).not.toContain(ada);
    expect(lines.join()).toContain('"provider":"calltools"');
  });

  it('are dropped from errors, which keep their explanation', () => {
    const { log, lines, last } = openLog();
    const cause = Object.assign(new Error('duplicate key'), { code: '23505', detail: `Key (email)=(${ada}) already exists.` });
    log.error({ err: new TypeError('cannot store', { cause }) }, 'Something failed');
    expect(lines.join()).not.toContain(ada);
    expect(last().err).toMatchObject({
      type: 'TypeError',
      message: 'cannot store',
      cause: { message: 'duplicate key', code: '23505' },
    });
    expect(last().err.stack).toContain('logger.test');
  });
});

it('accepts a fact that contains itself', () => {
  const { log, lines } = openLog();
  const fact: Record<string, unknown> = { provider: 'calltools' };
  fact.itself = fact;
  log.info(fact, 'Something happened');
  expect(lines).toHaveLength(1);
});
