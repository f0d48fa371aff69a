import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { reportStart } from '#config/start-report.ts';
import { loadConfig } from '#config.ts';

const folder = mkdtempSync(join(tmpdir(), 'accord-'));

function load(yaml: string, env: Record<string, string> = {}) {
  const file = join(folder, 'accord.yaml');
  writeFileSync(file, yaml);
  return loadConfig({ env: { ACCORD_CONFIG: file, ...env } });
}

const documented =
  /test\/config\/notify\.test\.ts\. -->\n```yaml\n([\s\S]*?)```/.exec(readFileSync('docs/operating.md', 'utf8'))?.[1] ?? '';
const all = {
  ...{ SMTP_URL: 'smtp://mail.example.com', SMTP_FROM: 'Example Dental <hello@example.com>' },
  SLACK_WEBHOOK_URL: 'https://hooks.slack.example/services/T/B/secret',
};

describe('notify', () => {
  it('is read as docs/operating.md has it', () => {
    const { notify } = load(documented, all);
    expect(notify).toMatchObject({
      mail: { url: all.SMTP_URL, from: all.SMTP_FROM, to: ['front-desk@example.com', 'it@example.com'] },
      ...{ slackUrl: all.SLACK_WEBHOOK_URL, closed: [] },
    });
    // The documented figures are the default ones.
    const { intervalMinutes, unreachableMinutes, silentHours, driftPercent } = load('{}').notify;
    expect(notify).toMatchObject({ intervalMinutes, unreachableMinutes, silentHours, driftPercent });
  });

  it('tells nobody by default', () => {
    expect(load('{}', all).notify).toMatchObject({ mail: null, slackUrl: null, closed: [] });
  });

  it('closes a way that lacks a variable, and says so at the start', () => {
    const config = load(documented, { SMTP_URL: all.SMTP_URL });
    expect(config.notify).toMatchObject({ mail: null, slackUrl: null });
    expect(reportStart(config, {}).closedDoors).toEqual([
      'Nobody is told of problems by email: set SMTP_FROM, or remove notify.email.',
      'Nobody is told of problems by the incoming webhook: set SLACK_WEBHOOK_URL, or remove notify.slack.',
    ]);
  });

  it('takes the URL from another variable, and refuses one that is none, without repeating it', () => {
    const yaml = 'notify: { slack: { urlVariable: OPS_CHAT } }';
    expect(load(yaml, { OPS_CHAT: 'https://chat.example/hook' }).notify.slackUrl).toBe('https://chat.example/hook');
    expect(() => load(yaml, { OPS_CHAT: 'opensesame' })).toThrow(/OPS_CHAT must be a URL that begins with https:/);
    expect(() => load(yaml, { OPS_CHAT: 'opensesame' })).not.toThrow(/opensesame/);
  });

  it.each(['email: { to: [] }', 'email: { to: [nobody] }', 'slack: { urlVariable: https://x.example }', 'intervalMinutes: 0'])(
    'is refused with %s',
    (setting) => {
      expect(() => load(`notify: { ${setting} }`)).toThrow(/notify\./);
    },
  );
});
