import { z } from 'zod';

const minutes = (byDefault: number, max: number) => z.int().min(1).max(max).default(byDefault);

const address = z.string().regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;"]+$/, 'must be an email address');

/** Recipients of messages about incidents, and the thresholds of an incident. */
export const notifySchema = z
  .strictObject({
    email: z
      .strictObject({ to: z.array(address).min(1).max(20).describe('The addresses of the people who are told.') })
      .nullable()
      .default(null)
      .describe('Sends email by the mail server of SMTP_URL, with the sender of SMTP_FROM.'),
    slack: z
      .strictObject({
        urlVariable: z
          .string()
          .regex(/^[A-Z][A-Z\d]*(_[A-Z\d]+)*$/, 'must be the name of an environment variable')
          .default('SLACK_WEBHOOK_URL')
          .describe('The environment variable with the URL of the incoming webhook, which is a secret.'),
      })
      .nullable()
      .default(null)
      .describe(
        'Posts to an incoming webhook of Slack, or of a program that takes the same: Mattermost, Rocket.Chat, Google Chat. `{}` is enough.',
      ),
    intervalMinutes: minutes(15, 10_080).describe(
      'One cause is told of at most once in this time, by each way. What changes in between is told at its end, unless it is as it was.',
    ),
    unreachableMinutes: minutes(30, 10_080).describe(
      'An account is silent when all of its calls have failed, or no poll of it has ended, for longer. More than the pause between two polls.',
    ),
    silentHours: z
      .int()
      .min(1)
      .max(720)
      .default(48)
      .describe('An account whose webhooks used to arrive is silent when none has arrived for so long.'),
    driftPercent: z
      .number()
      .min(0)
      .max(100)
      .default(2)
      .describe('Drift is high when more of the records of an account still differ an hour after a full pass, in per cent.'),
  })
  .prefault({})
  .describe(
    'Who is told of parked records, refused credentials, silent accounts and drift, and that they are over. Endpoints may subscribe to the ' +
      'same events.',
  );

export type NotifySettings = z.output<typeof notifySchema>;

/** The settings with what the environment has for them. */
export interface Notify extends NotifySettings {
  /** Null without its variables. */
  mail: { url: string; from: string; to: readonly string[] } | null;
  slackUrl: string | null;
  /** A sentence for each way that is set, and lacks a variable: nobody is told by it. */
  closed: string[];
}

/** A missing variable closes a way, and stops nothing else. A URL that cannot be one is in `problems`. */
export function readNotify(settings: NotifySettings, given: Readonly<Record<string, string>>, problems: string[]): Notify {
  const { email, slack } = settings;
  const { SMTP_URL: url, SMTP_FROM: from } = given;
  const missing = [...(url === undefined ? ['SMTP_URL'] : []), ...(from === undefined ? ['SMTP_FROM'] : [])];
  const slackUrl = slack && (given[slack.urlVariable] ?? null);
  if (slack && slackUrl !== null && !/^https?:$/.test(URL.parse(slackUrl)?.protocol ?? ''))
    problems.push(`${slack.urlVariable} must be a URL that begins with https://`);
  return {
    ...settings,
    mail: email && url !== undefined && from !== undefined ? { url, from, to: email.to } : null,
    slackUrl,
    closed: [
      ...(email && missing.length > 0
        ? [`Nobody is told of problems by email: set ${and.format(missing)}, or remove notify.email.`]
        : []),
      ...(slack && slackUrl === null
        ? [`Nobody is told of problems by the incoming webhook: set ${slack.urlVariable}, or remove notify.slack.`]
        : []),
    ],
  };
}

const and = new Intl.ListFormat('en-GB');
