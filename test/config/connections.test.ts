import { describe, expect, it } from '@jest/globals';
import { withConnections } from '#config/connections.ts';
import { loadConfig } from '#config.ts';

const app = { GOOGLE_CLIENT_ID: 'client', GOOGLE_CLIENT_SECRET: 'secret' };
const grant = new Map([['google', { GOOGLE_REFRESH_TOKEN: 'stored' }]]);
const connect = (env: Record<string, string>, stored: ReadonlyMap<string, Record<string, string>> = grant) =>
  withConnections(loadConfig({ env: { ACCORD_CONFIG: 'accord.yaml', ...env } }), stored);
const because = ({ notConnected }: ReturnType<typeof connect>, id: string) =>
  notConnected.find(({ provider }) => provider === id)?.because;

describe('stored connections', () => {
  it('are laid over the environment, which has the app', () => {
    const { accounts, notConnected } = connect(app);
    expect(accounts.google?.secrets).toMatchObject({ ...app, GOOGLE_REFRESH_TOKEN: 'stored', GOOGLE_ACCOUNT: 'me' });
    expect(notConnected.map(({ provider }) => provider)).not.toContain('google');
  });

  it('give way to the environment', () => {
    const { accounts, connectable } = connect({ ...app, GOOGLE_REFRESH_TOKEN: 'given' });
    expect(accounts.google?.secrets).toMatchObject({ GOOGLE_REFRESH_TOKEN: 'given' });
    expect(connectable.google?.isInEnvironment).toBe(true);
  });

  it('that do not fit any more leave the account unconnected, with the reason', () => {
    expect(because(connect({}), 'google')).toMatch(/^Google Contacts is not connected: what is stored .* connect it again/);
  });

  it('of servers elsewhere are refused with the profile for sandboxes', () => {
    const stored = new Map([['calltools', { CALLTOOLS_BASE_URL: 'https://east-1.calltools.io/api', CALLTOOLS_API_KEY: 'key' }]]);
    expect(because(connect({ ACCORD_PROFILE: 'sandbox' }, stored), 'calltools')).toContain('is not on this machine');
    expect(connect({}, stored).accounts).toHaveProperty('calltools');
  });
});

it('an app alone connects nothing, and is no problem', () => {
  const config = connect({ ...app, SQUARE_CLIENT_ID: 'client', SQUARE_CLIENT_SECRET: 'secret' }, new Map());
  expect(Object.keys(config.accounts)).not.toContain('google');
  expect(because(config, 'google')).toBe(
    'Google Contacts is not connected: GOOGLE_REFRESH_TOKEN is not set (run accord connect google, or see .env.example).',
  );
});
