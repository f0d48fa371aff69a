import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { type Across, type Change, editPerson, eventsUrl, readAcross, type Sighting } from './live-api.ts';

/** An edit, and when it was seen elsewhere. */
export interface Edit {
  number: number;
  email: string;
  sandbox: string;
  what: string;
  at: number;
  /** Milliseconds by sandbox. */
  arrived: Record<string, number>;
}

const maxEdits = 6;

/** People in all sandboxes, kept up to date by the server, and the edits of this page with their arrivals. */
export function useLive(q: string) {
  const client = useQueryClient();
  const [edits, setEdits] = useState<Edit[]>([]);
  const number = useRef(0);
  const query = useQuery({ queryKey: ['live', q], queryFn: () => readAcross(q), refetchInterval: 30_000 });
  const emails = query.data?.people.map(({ email }) => email).join(',') ?? '';

  const see = useCallback(
    (sighting: Sighting) => {
      client.setQueryData<{ people: Across[] }>(
        ['live', q],
        (before) => before && { people: before.people.map((across) => update(across, sighting)) },
      );
      setEdits((before) => {
        const newest = before.find(({ email }) => email === sighting.email);
        return before.map((edit) => (edit === newest ? noteArrival(edit, sighting) : edit));
      });
    },
    [client, q],
  );

  useEffect(() => {
    if (emails === '') return;
    const source = new EventSource(eventsUrl(emails.split(',')));
    source.onmessage = ({ data }) => see(JSON.parse(data));
    return () => source.close();
  }, [emails, see]);

  const edit = async (sandbox: string, email: string, id: string, change: Change, what: string) => {
    number.current += 1;
    const made = { number: number.current, email, sandbox, what, at: Date.now(), arrived: {} };
    // Before the answer: an edit may arrive elsewhere before it.
    setEdits((before) => [made, ...before].slice(0, maxEdits));
    try {
      const { at } = await editPerson(sandbox, { id, email, change });
      setEdits((before) => before.map((each) => (each.number === made.number ? { ...each, at } : each)));
    } catch (error) {
      setEdits((before) => before.filter((each) => each.number !== made.number));
      throw error;
    }
  };

  return { query, edits, edit };
}

function update(across: Across, { sandbox, email, person }: Sighting): Across {
  if (across.email !== email) return across;
  const { [sandbox]: _, ...others } = across.in;
  return { ...across, in: person === null ? others : { ...others, [sandbox]: person } };
}

/** Notes the first sighting in another sandbox after an edit. */
function noteArrival(edit: Edit, { sandbox, at }: Sighting): Edit {
  if (edit.sandbox === sandbox || edit.arrived[sandbox] !== undefined) return edit;
  return { ...edit, arrived: { ...edit.arrived, [sandbox]: Math.max(0, at - edit.at) } };
}
