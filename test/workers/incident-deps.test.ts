import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { type Config, loadWorkspaces } from '#config.ts';
import { createAddressGuard } from '#delivery/address-guard.ts';
import { toIncidentDeps } from '#workers/incident-deps.ts';

const folder = mkdtempSync(join(tmpdir(), 'accord-incidents-'));

function load(env: Record<string, string>): { main: Config; others: Config[] } {
  const yaml = 'accounts: { calltools-west: {} }\nnotify: { email: { to: [ops@example.com] }, slack: {}, intervalMinutes: 5 }\n';
  writeFileSync(join(folder, 'accord.yaml'), yaml);
  mkdirSync(join(folder, 'workspaces'), { recursive: true });
  writeFileSync(join(folder, 'workspaces/acme.yaml'), 'notify: { slack: {} }\n');
  return loadWorkspaces({
    env: {
      ...{
        ACCORD_CONFIG: join(folder, 'accord.yaml'),
        ACCORD_WORKSPACES: join(folder, 'workspaces'),
        PUBLIC_URL: 'https://accord.example/',
      },
      ...{ DATABASE_URL: 'postgres://accord@localhost/accord', ...env },
    },
  });
}

const calltools = (suffix = '') => ({
  [`CALLTOOLS_API_KEY${suffix}`]: 'k',
  [`CALLTOOLS_BASE_URL${suffix}`]: `http://127.0.0.1:410${suffix.length}/api`,
});

it('watches the accounts of its workspace, each polled as it is, and tells by the ways that have their variables', () => {
  const { main, others } = load({
    ...{ ...calltools(), ...calltools('__WEST'), SMTP_URL: 'smtp://mail.example.com', SMTP_FROM: 'Accord <accord@example.com>' },
    ACME__SLACK_WEBHOOK_URL: 'https://hooks.slack.example/acme',
  });
  const [ours, acme] = [main, ...others].map((config) => toIncidentDeps(config, createAddressGuard()));
  const polled = { isPolled: true, hasWebhooks: false, oauthAccountId: null };
  expect(ours).toMatchObject({
    accounts: [
      { id: 'calltools', ...polled },
      { id: 'calltools-west', ...polled },
    ],
    ...{ workspace: null, link: 'https://accord.example/admin', intervalMinutes: 5 },
  });
  expect(acme).toMatchObject({
    accounts: [],
    workspace: 'acme',
    link: 'https://accord.example/w/acme/admin',
    intervalMinutes: 15,
  });
  expect([ours, acme].map((deps) => Object.keys(deps?.senders ?? {}))).toEqual([['email'], ['slack']]);
});

it('names the variables of a workspace by their names outside', () => {
  const { others } = load({});
  expect(others[0]?.notify.closed).toEqual([
    'Nobody is told of problems by the incoming webhook: set ACME__SLACK_WEBHOOK_URL, or remove notify.slack.',
  ]);
});
