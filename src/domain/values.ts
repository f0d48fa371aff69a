export interface Email {
  /** Trimmed and case-folded, with the domain in ASCII; the typed text where it cannot be read as an address (`isEmailAddress`). */
  address: string;
  label: string | null;
}

export interface Phone {
  /** `+15125550143`; null when the typed text is no phone number in any region. */
  e164: string | null;
  extension: string | null;
  /** The typed text. It is never sent back merely because its form differs. */
  raw: string;
  label: string | null;
}

export interface PostalAddress {
  street: string | null;
  city: string | null;
  region: string | null;
  postalCode: string | null;
  /** ISO 3166-1 alpha-2. */
  country: string | null;
  label: string | null;
}

/** One flag per channel; true means "do not contact". A refusal wins whenever two sides disagree. */
export interface DoNotContact {
  call: boolean;
  sms: boolean;
  email: boolean;
}
