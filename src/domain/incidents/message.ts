/** A message to operators, in plain text. */
export interface OperatorMessage {
  /** One line. */
  subject: string;
  problems: Sentence[];
  /** Problems that are over. */
  over: Sentence[];
  /** The admin pages. */
  link: string;
}

interface Sentence {
  says: string;
  fix: string;
}

/** One message for all incidents that must be told at once. `workspace`: null for the default one. */
export function toMessage(
  { problems, over }: Pick<OperatorMessage, 'problems' | 'over'>,
  { workspace, link }: { workspace: string | null; link: string },
): OperatorMessage {
  const sender = workspace === null ? 'Accord' : `Accord (${workspace})`;
  const [only = ''] = [...problems, ...over].map(({ says }) => says);
  const parts = [
    ...(problems.length > 0 ? [problems.length === 1 ? '1 problem' : `${problems.length} problems`] : []),
    ...(over.length > 0 ? [`${over.length} over`] : []),
  ];
  const isOne = problems.length + over.length === 1;
  const subject = isOne ? `${over.length === 1 ? 'Over: ' : ''}${only}` : parts.join(', ');
  return { subject: oneLine(`${sender}: ${subject}`), problems, over, link };
}

/** The body of an email. */
export function toText({ problems, over, link }: OperatorMessage): string {
  const parts = [
    ...problems.map(({ says, fix }) => `${says}\n${fix}\n`),
    ...(over.length > 0 ? [`Over:\n${over.map(({ says }) => `- ${says}\n`).join('')}`] : []),
  ];
  return `${parts.join('\n')}\n${link}\n`;
}

/** The body of a post to an incoming webhook of Slack, or of a program that takes the same: Mattermost, Google Chat, Rocket.Chat. */
export function toSlackText({ subject, problems, over, link }: OperatorMessage): string {
  const lines = [
    `*${escapeMarkup(subject)}*`,
    ...problems.map(({ says, fix }) => `• ${escapeMarkup(says)}\n   ${escapeMarkup(fix)}`),
    ...over.map(({ says }) => `• Over: ${escapeMarkup(says)}`),
    link,
  ];
  return JSON.stringify({ text: lines.join('\n') });
}

/** Mail servers and lists shorten longer subjects. */
const maxSubject = 150;

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= maxSubject ? line : `${line.slice(0, maxSubject - 1)}…`;
}

/** The three characters that Slack's markup reserves (docs.slack.dev, "Formatting message text"). */
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

const escapeMarkup = (text: string): string => text.replaceAll(/[&<>]/g, (character) => entities[character] ?? '');
