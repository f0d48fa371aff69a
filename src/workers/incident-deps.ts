import type { IncidentDeps } from '#activities/deps.ts';
import type { Config } from '#config.ts';
import type { WatchedAccount } from '#db/incidents/incident-facts.ts';
import type { AddressGuard } from '#delivery/address-guard.ts';
import { sendMail } from '#delivery/operators/mail.ts';
import { postToSlack } from '#delivery/operators/slack.ts';

type Settings = Pick<Config, 'notify' | 'workspace' | 'http' | 'providers' | 'accounts'>;

/** The incident settings of this process, with a sender for each channel. */
export function toIncidentDeps(config: Settings, guard: AddressGuard): IncidentDeps {
  const { notify, workspace, http } = config;
  const { mail, slackUrl: url, intervalMinutes } = notify;
  return {
    accounts: listWatched(config),
    rules: notify,
    intervalMinutes,
    senders: {
      ...(mail && { email: (message, key) => sendMail(mail, message, key) }),
      ...(url !== null && { slack: (message) => postToSlack({ url, guard }, message) }),
    },
    workspace: workspace?.name ?? null,
    link: `${http.publicUrl}/admin`,
  };
}

/** The connected accounts that hold records: forms may be silent for long. */
function listWatched({ providers, accounts }: Settings): WatchedAccount[] {
  return providers.flatMap(({ id, isSourceOnly, pollSchedule, webhookRoutes = [], findOAuthAccount }) => {
    const settings = accounts[id];
    if (!settings || isSourceOnly) return [];
    const oauthAccountId = findOAuthAccount?.(settings.secrets) ?? null;
    return [{ id, isPolled: pollSchedule !== undefined, hasWebhooks: webhookRoutes.length > 0, oauthAccountId }];
  });
}
