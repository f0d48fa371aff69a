import { expect, it } from '@jest/globals';
import { toMessage, toSlackText, toText } from '#domain/incidents/message.ts';

const parked = { says: '20 records are out of step at square (InvalidRequestError).', fix: 'Correct the cause.' };
const silent = { says: 'gohighlevel has not answered since 11:15 UTC: <html>\n502 & more', fix: 'Wait.' };
const link = 'https://accord.example/admin';

it('one problem is in the subject, with the workspace', () => {
  const [main, acme] = [null, 'acme'].map(
    (workspace) => toMessage({ problems: [parked], over: [] }, { workspace, link }).subject,
  );
  expect(main).toBe(`Accord: ${parked.says}`);
  expect(acme).toBe(`Accord (acme): ${parked.says}`);
});

it('several are counted, and each has its remedy', () => {
  const message = toMessage({ problems: [parked, silent], over: [parked] }, { workspace: null, link });
  expect(message.subject).toBe('Accord: 2 problems, 1 over');
  expect(toText(message)).toBe(
    `${parked.says}\n${parked.fix}\n\n${silent.says}\n${silent.fix}\n\nOver:\n- ${parked.says}\n\n${link}\n`,
  );
});

it('a subject has one line of a length that mail programs show', () => {
  const long = { says: `first\r\nBcc: a@b.example ${'x'.repeat(500)}`, fix: 'Wait.' };
  const { subject } = toMessage({ problems: [long], over: [] }, { workspace: null, link });
  expect(subject).not.toMatch(/[\r\n]/);
  expect(subject.length).toBeLessThanOrEqual(150);
});

it('Slack gets text whose markup characters are escaped', () => {
  const message = toMessage({ problems: [silent], over: [parked] }, { workspace: null, link });
  const { text } = JSON.parse(toSlackText(message)) as { text: string };
  expect(text).toContain('&lt;html&gt;\n502 &amp; more');
  expect(text).toContain(`• Over: ${parked.says}`);
  expect(text).not.toContain('<html>');
});
