/**
 * The points of each piece of evidence for or against two records being of one person. A difference of three points is about a
 * factor of ten in the odds. `says` is the reason as people read it.
 */
export const weights = {
  // Given name: the strongest sign that tells the people of one household apart.
  /** Few people have it: two records that agree by chance are rare. */
  'given-same-rare': { points: 5, says: 'same given name' },
  /** One person in a thousand or more has it. */
  'given-same-common': { points: 3.5, says: 'same given name, a common one' },
  /** One letter apart, and one of the two is no known name. */
  'given-typo': { points: 3, says: 'given names differ by a typo' },
  /** William and Bill. Weaker than a typo: Sam may be Samuel or Samantha. */
  'given-nickname': { points: 2.5, says: 'given name is a nickname' },
  /** Kathrine and Katherine: one name in two spellings, or two people of one family. */
  'given-spelling': { points: 2.5, says: 'given name in another spelling' },
  /** Two letters apart, and one of them is no known name. */
  'given-garbled': { points: 1.5, says: 'given name is garbled on one side' },
  /** José Luis and Luis: one person, or a father and a son. */
  'given-one-of': { points: 1.5, says: 'one of several given names' },
  /** Says a letter: John and Jane both begin with J. */
  'given-initial': { points: 1, says: 'given name is an initial' },
  /** A record without a given name may be of anybody in the household. */
  'given-missing': { points: -1.5, says: 'no given name on one side' },
  /** Nothing speaks against it, and nothing for it. */
  'name-missing': { points: 0, says: 'no name on one side' },
  /** The other's given name stands in the mailbox that both have. */
  'given-in-mailbox': { points: 1.5, says: 'the given name stands in the email' },
  /** Anna and Hanna: brothers and sisters often have similar names. */
  'given-similar': { points: -2.5, says: 'two different given names that look alike' },
  'given-clash': { points: -6, says: 'different given names' },
  /** Nobody else has this mobile number or mailbox: a record under a wrong name, or a couple. Never merged. */
  'given-wrong': {
    points: -1,
    says: 'different given names at one address, with a mobile number or an email that nobody else has',
  },
  /** John Quincy and John Robert: in many families the second name tells people apart. */
  'middle-clash': { points: -2.5, says: 'different middle names' },
  // Family name: relatives share it, so that it weighs less, and people change it.
  'family-same-rare': { points: 2, says: 'same family name' },
  'family-same-common': { points: 1.5, says: 'same family name, a common one' },
  'family-typo': { points: 1.5, says: 'family names differ by a typo' },
  /** Smith and Smith-Jones. */
  'family-part': { points: 1, says: 'part of the family name' },
  /** Two letters apart, and one of them is common. */
  'family-garbled': { points: -0.5, says: 'family name is garbled on one side' },
  'family-initial': { points: 0.5, says: 'family name is an initial' },
  'family-missing': { points: -0.5, says: 'no family name on one side' },
  /** Less than a given name: people marry. */
  'family-clash': { points: -2.5, says: 'different family names' },
  /** John Smith and John Smith Jr.: often one person, sometimes father and son. */
  'generation-missing': { points: -2.5, says: 'Jr., Sr. or a number on one side only' },
  // Email. A mailbox belongs to a person more often than any other key.
  'email-same-named': { points: 7, says: 'same email, which bears the name' },
  'email-same': { points: 6.5, says: 'same email' },
  /** Somebody typed the mailbox of another person, or is that person under a wrong name. */
  'email-of-one': { points: 9, says: 'same email, which bears the name of one of them' },
  'email-shared-named': { points: 6, says: 'same email, which others use, but it bears the name' },
  /** Others use it, and one of them has exactly this name. */
  'email-shared-same-name': { points: 5, says: 'same email, which others use under other names' },
  'email-shared': { points: 3, says: 'same email, which others use as well' },
  /** `smiths@`, under two given names: a couple. */
  'email-household': { points: 3, says: 'same email, which bears the name of the family' },
  /** `jlawson@gmial.com`. */
  'email-typo': { points: 4, says: 'emails differ by a typo' },
  'email-local-part': { points: 2, says: 'same email name at another host' },
  /** The mailbox of a record without a name has the other's full name. */
  'email-names-other': { points: 4.5, says: "the email bears the other's name" },
  /** A company gives each employee one mailbox. */
  'email-colleague': { points: -4, says: 'two mailboxes of one company' },
  'email-other': { points: -1, says: 'both have other emails' },
  /** Weak beside a phone number in common: many people have two mailboxes. */
  'email-differs': { points: -0.5, says: 'other emails' },
  // Phone.
  'phone-mobile': { points: 6, says: 'same mobile number' },
  'phone-extension': { points: 6, says: 'same number with the same extension' },
  /** North American numbers do not show whether they are mobile. */
  'phone-same': { points: 5, says: 'same phone number' },
  'phone-landline': { points: 4, says: 'same landline' },
  /** Others use it under other names, and exactly this name as well: a household or an office with this person in it. */
  'phone-shared-same-name': { points: 3.5, says: 'same phone number, which others use under other names' },
  'phone-shared': { points: 2, says: 'same phone number, which others use as well' },
  /** A reception: it says little more than the company. */
  'phone-many': { points: 0.5, says: 'same phone number, which many people use' },
  'phone-digit-off': { points: 2.5, says: 'phone numbers differ by one digit' },
  'phone-other': { points: -1, says: 'both have other phone numbers' },
  'phone-differs': { points: -0.5, says: 'other phone numbers' },
  // Birthday.
  'birthday-same': { points: 7.5, says: 'same birthday' },
  'birthday-same-day': { points: 4, says: 'same day and month of birth' },
  /** One digit, or day and month swapped. */
  'birthday-slip': { points: 3.5, says: 'birthdays differ by a slip' },
  'birthday-other': { points: -2.5, says: 'different birthdays' },
  'birthday-generation': { points: -6, says: 'birthdays a generation apart' },
  // Place and work: shared by households and offices, they support a key and are none.
  'address-same': { points: 3, says: 'same address' },
  'address-street': { points: 2.5, says: 'same street' },
  'address-postcode': { points: 1.5, says: 'same postcode' },
  'address-city': { points: 1, says: 'same town' },
  'address-other': { points: -1, says: 'different addresses' },
  'company-same': { points: 1.5, says: 'same company' },
  'company-near': { points: 1, says: 'similar company' },
  'company-other': { points: -0.5, says: 'different companies' },
  /** Namesakes: with nothing but the name in common, two records are as a rule of two people. */
  'nothing-but-name': { points: -1.5, says: 'nothing in common but the name' },
  /** A Sophie Nicolle in a store of thousands is seldom the only one. */
  'nothing-but-common-name': { points: -2, says: 'nothing in common but the name, a common one' },
  // Organisations: records with a company and no person's name.
  /** Without its legal form: Acme Inc. is Acme. */
  'organisation-same': { points: 5, says: 'same company name' },
  'organisation-near': { points: 3, says: 'similar company name' },
  'organisation-clash': { points: -6, says: 'different company names' },
  /** A host that is no mail service: the company's website. */
  'organisation-host': { points: 3, says: 'same website or email host' },
} as const satisfies Record<string, { points: number; says: string }>;

export type EvidenceKind = keyof typeof weights;

/** The scores from which records are merged, and from which a person is asked. */
export interface Thresholds {
  mergeAt: number;
  askAt: number;
}

export const defaultThresholds: Thresholds = { mergeAt: 8.5, askAt: 4 };
