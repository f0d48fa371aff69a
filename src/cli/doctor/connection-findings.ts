import { type ApiOptions, callApi } from '#cli/call-api.ts';
import { CommandError } from '#cli/exit-codes.ts';
import type { Finding } from './finding.ts';

interface Connection {
  account: string;
  state: 'not-connected' | 'connected' | 'expiring' | 'failing' | 'reauthorise';
  advice: string | null;
  checks: { name: string; isOk: boolean; message: string; fix: string | null }[] | null;
}

/** Findings of the last check of each account, or of a new one: credentials, fields, buckets, webhook. */
export async function findConnectionProblems(options: ApiOptions, { checksAnew }: { checksAnew: boolean }): Promise<Finding[]> {
  try {
    const { connections } = await callApi<{ connections: Connection[] }>(options, { method: 'GET', path: '/api/v1/connections' });
    const found = connections.map((each) => (checksAnew ? check(options, each) : describe(each)));
    return (await Promise.all(found)).flat();
  } catch (error) {
    return [unchecked('accounts', error)];
  }
}

async function check(options: ApiOptions, { account, state, advice }: Connection): Promise<Finding[]> {
  if (state === 'not-connected') return [{ check: account, severity: 'note', says: `${account} is not connected.`, fix: advice }];
  try {
    const path = `/api/v1/connections/${encodeURIComponent(account)}/check`;
    const checked = await callApi<Connection>(options, { method: 'POST', path });
    return describe(checked);
  } catch (error) {
    return [unchecked(account, error)];
  }
}

function describe({ account, state, advice, checks }: Connection): Finding[] {
  if (state === 'not-connected') return [{ check: account, severity: 'note', says: `${account} is not connected.`, fix: advice }];
  const failed = (checks ?? []).filter(({ isOk }) => !isOk);
  const findings = failed.map(
    ({ name, message, fix }): Finding => ({ check: `${account} ${name}`, severity: 'error', says: message, fix }),
  );
  if (findings.length > 0) return findings;
  if (state === 'connected' && checks !== null) return [];
  if (state === 'connected')
    return [
      { check: account, severity: 'note', says: `${account} was never checked.`, fix: 'accord doctor --check asks the vendor.' },
    ];
  return [{ check: account, severity: state === 'expiring' ? 'warning' : 'error', says: `${account} is ${state}.`, fix: advice }];
}

function unchecked(account: string, error: unknown): Finding {
  if (!(error instanceof CommandError)) throw error;
  return { check: account, severity: 'warning', says: 'The credentials could not be checked at the vendor.', fix: error.message };
}
