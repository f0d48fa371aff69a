import { Alert, Button, Group, Text } from '@mantine/core';
import { useSettle } from '#admin/pages/needs-you/use-settle.ts';
import { askData, rest, type Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import { useAct } from '#admin/ui/act.ts';
import { AddressLink } from '#admin/ui/address-link.tsx';
import { Icon } from '#admin/ui/icons.tsx';
import { useInWords } from '#admin/ui/words/in-words.ts';
import { fieldLabel, sayValue } from '#admin/ui/words/names.ts';

type Contact = Schemas['ExplainedContact'];
type Decision = Contact['openDecisions'][number];

/** Open decisions about a person, with their effects. */
export function OpenDecisions({ contact }: { contact: Contact }) {
  const mayWrite = useMay('sync:write');
  const inWords = useInWords();
  return contact.openDecisions.map((decision) => (
    <Alert
      key={decision.id}
      variant="light"
      color="orange"
      className="alert-orange"
      icon={<Icon name="warning" />}
      title="Needs you"
    >
      <Text size="sm" className="wrap">
        {inWords(decision.says)}
      </Text>
      {decision.changes.map(({ field, before, after }) => (
        <Text key={field} size="sm" className="wrap">
          {fieldLabel(field)}: {sayValue(before) && `“${sayValue(before)}” → `}“{sayValue(after)}”
        </Text>
      ))}
      {mayWrite && (
        <Group gap="xs" mt="xs">
          <Decide contactId={contact.id} decision={decision} />
        </Group>
      )}
    </Alert>
  ));
}

function Decide({ contactId, decision: { kind, id, changes } }: { contactId: string; decision: Decision }) {
  const settle = useSettle();
  const accept = useAct(
    () => askData(rest.POST('/api/v1/form-submissions/{id}/accept', { params: { path: { id } } })),
    'The submission is accepted.',
  );
  if (kind === 'candidate') {
    return (
      <Button size="xs" variant="default" component={AddressLink} address={`/duplicates?contact=${contactId}`}>
        Compare the two
      </Button>
    );
  }
  if (kind === 'submission') {
    return (
      <Button size="xs" variant="default" onClick={() => accept.mutate()} loading={accept.isPending}>
        Accept
      </Button>
    );
  }
  const conflict = { contactId, conflict: id, field: changes[0]?.field ?? '' };
  return (
    <>
      <Button size="xs" variant="default" onClick={() => settle.mutate({ ...conflict, value: 'kept' })}>
        Keep Accord’s value
      </Button>
      <Button size="xs" variant="default" onClick={() => settle.mutate({ ...conflict, value: 'lost' })}>
        Take the other value
      </Button>
    </>
  );
}
