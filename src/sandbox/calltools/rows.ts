/** Values of a contact's fields and columns: text, number, boolean or null. */
export type FieldValues = Record<string, unknown>;

/** A contact with its related rows. The names are the sandbox's; `contacts/show-contact.ts` converts them for answers. */
export interface Contact {
  id: number;
  uuid: string;
  /** Built-in columns and account fields as they were sent, under the vendor's names. */
  values: FieldValues;
  phones: Phone[];
  emails: Email[];
  tags: ContactTag[];
  buckets: ContactBucket[];
  dispositionId: number | null;
  createdBy: string;
  modifiedBy: string;
  createdOn: string;
  updatedOn: string;
}

export interface Phone {
  id: number;
  /** E.164. */
  number: string;
  doNotContact: boolean;
}

export interface Email {
  id: number;
  address: string;
}

export interface ContactTag {
  id: number;
  tagId: number;
}

export interface ContactBucket {
  id: number;
  bucketId: number;
}

export interface Tag {
  id: number;
  name: string;
  createdOn: string;
}

export interface Bucket {
  id: number;
  name: string;
  description: string;
  createdOn: string;
}

/** The result of a call, as an agent reports it. */
export interface Disposition {
  id: number;
  name: string;
  setContactDnc: boolean;
  setPhoneNumberDnc: boolean;
}

export interface HookSubscription {
  id: number;
  model: string;
  url: string;
  description: string;
  createdOn: string;
}
