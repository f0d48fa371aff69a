/** What a person is known by, in every spelling that is looked for. */
export interface KnownPerson {
  names: string[];
  emails: string[];
  /** E.164. */
  phones: string[];
  /** Streets, messages and other texts. */
  texts: string[];
}

/** Finds values of these people in a text: in any case, with or without accents, encoded for URLs or JSON, and phones however they are written. */
export function createDetector(people: readonly KnownPerson[]): (text: string) => string[] {
  const words = people.flatMap(({ names, emails, texts }) => [
    ...[...names, ...emails, ...texts].map(fold),
    // The part before the @ identifies somebody, too.
    ...emails.map((email) => fold(email.split('@')[0] ?? email)),
  ]);
  const numbers = people.flatMap(({ phones }) => phones.map((phone) => phone.slice(-10)));
  const encoded = people.flatMap(({ emails, names }) =>
    [...emails, ...names].map((text) => Buffer.from(text).toString('base64').slice(0, -4)),
  );
  return (text) => {
    const spellings = [text, decodeUrl(text), decodeJson(text)].map(fold).join('\n');
    const digits = text.replaceAll(/(?<=\d)[\s().+-]+(?=\d)/g, '');
    return [
      ...words.filter((word) => spellings.includes(word)),
      ...numbers.filter((number) => digits.includes(number)),
      ...encoded.filter((word) => text.includes(word)),
    ];
  };
}

const fold = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

const decodeUrl = (text: string): string =>
  text.replaceAll('+', ' ').replaceAll(/(?:%[\da-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString());

const decodeJson = (text: string): string =>
  text.replaceAll(/\\+u([\da-f]{4})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
