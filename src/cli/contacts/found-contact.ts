/** A contact of a list, as the api has it. */
export interface FoundContact {
  id: string;
  name: string | null;
  company: string | null;
  emails: string[];
  phones: string[];
  tags: string[];
  states: string[];
  audiences: string[];
  records: { provider: string; externalId: string | null; state: string; error: string | null }[];
  updatedAt: string;
}

export interface FoundPage {
  contacts: FoundContact[];
  next: string | null;
}
