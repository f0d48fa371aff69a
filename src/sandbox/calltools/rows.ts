/** What a contact holds for one of its fields or columns: text, number, boolean or null. */
export type FieldValues = Record<string, unknown>;

/** A contact with the rows that hang on it. Names within are ours; `contacts/show-contact.ts` makes replies of it. */
export interface Contact {
  id: number;
  uuid: string;
  /** Built-in columns and account fields, under the vendor's names, as they were sent. */
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

/** What an agent says that came of a call. */
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
