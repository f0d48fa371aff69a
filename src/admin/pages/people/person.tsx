import { Alert, Anchor, Button, Group, Paper, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useAccountName } from '#admin/rest/accounts.ts';
import { basePath } from '#admin/rest/base-path.ts';
import { askData, RestError, rest, type Schemas } from '#admin/rest/client.ts';
import { useMay } from '#admin/rest/session.ts';
import { useAct } from '#admin/ui/act.ts';
import { AddressLink } from '#admin/ui/address-link.tsx';
import { Confirm } from '#admin/ui/confirm.tsx';
import { Icon } from '#admin/ui/icons.tsx';
import { Loaded, Page } from '#admin/ui/page.tsx';
import { type Mood, StateBadge } from '#admin/ui/state-badge.tsx';
import { AccountNames } from '#admin/ui/words/account-names.tsx';
import { fieldLabel, listFields, sayValue } from '#admin/ui/words/names.ts';
import { Time } from '#admin/ui/words/time.tsx';
import { ConsentBlock, ConsentDialogs } from './consent.tsx';
import { ContactStateBadge, sayState } from './contact-state.tsx';
import { Erase, ErasedPerson } from './erase.tsx';
import { OpenDecisions } from './open-decisions.tsx';
import { Split } from './split.tsx';
import { Timeline } from './timeline.tsx';

type Contact = Schemas['ExplainedContact'];

const route = getRouteApi('/people/$id');

/** One person: every system side by side, the rules, and the timeline. */
export function Person() {
  const { id } = route.useParams();
  const query = useQuery({
    queryKey: ['person', id],
    queryFn: () => askData(rest.GET('/api/v1/contacts/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data?.syncStatus === 'pending' ? 1_500 : 15_000),
  });
  const contact = query.data;
  if (query.error instanceof RestError && query.error.status === 410) return <ErasedPerson detail={query.error.message} />;
  return (
    <Page
      title={contact ? contact.name || sayValue(contact.fields.company) || '(no name)' : 'Person'}
      lead={<span className="mono wrap">{contact?.id ?? id}</span>}
      actions={contact && <Actions contact={contact} />}
    >
      <Loaded query={query}>{(loaded) => <Body contact={loaded} />}</Loaded>
    </Page>
  );
}

function Body({ contact }: { contact: Contact }) {
  const { mergedId, isDeleted, syncStatus, isCustomer } = contact;
  const state = isDeleted ? 'deleted' : syncStatus;
  return (
    <>
      {mergedId && (
        <Alert variant="light" color="gray" title="This contact was merged">
          The address is of a contact that became part of this one.
        </Alert>
      )}
      <Group gap="sm">
        <ContactStateBadge state={state} />
        {isCustomer && <StateBadge mood="off">customer</StateBadge>}
        <Text size="sm">{sayState(state)}</Text>
        {contact.workflow.webUi && (
          <Anchor href={contact.workflow.webUi} target="_blank" rel="noreferrer" size="sm" underline="always">
            its run in Temporal
          </Anchor>
        )}
      </Group>
      <Faults contact={contact} />
      <OpenDecisions contact={contact} />
      <SideBySide contact={contact} />
      <ConsentBlock contact={contact} />
      <Audiences contact={contact} />
      <Timeline contactId={contact.id} />
    </>
  );
}

/** Values that a system refuses, with its reason. */
function Faults({ contact: { links } }: { contact: Contact }) {
  const accountName = useAccountName();
  return links
    .filter(({ lastError }) => lastError !== null)
    .map(({ id, provider, lastError }) => (
      <Alert
        key={id}
        variant="light"
        color="red"
        className="alert-red"
        icon={<Icon name="warning" />}
        title={`Could not be written to ${accountName(provider)}`}
      >
        <Text size="sm" className="wrap">
          {lastError?.message}{' '}
          {lastError?.permanent ? 'A retry helps only after somebody has changed something.' : 'It is tried again by itself.'}
        </Text>
        <Text size="sm" c="dimmed" mt={4}>
          <Time at={lastError?.at} />
        </Text>
      </Alert>
    ));
}

const looks: Record<string, { mood: Mood; label: string }> = {
  differs: { mood: 'waiting', label: 'differs' },
  conflict: { mood: 'warning', label: 'conflict' },
};

function SideBySide({ contact: { comparison, origins, links, fields } }: { contact: Contact }) {
  const records = comparison[0]?.records ?? [];
  const shown = comparison.filter(({ value, records: held }) => sayValue(value) || held.some((each) => sayValue(each.value)));
  if (records.length === 0) {
    return (
      <Paper withBorder p="md">
        <Text size="sm">
          {links.length === 0 ? 'No system has a record of this person.' : 'No record of this person is in use.'} Accord has:{' '}
          {listFields(fields)
            .filter(([, value]) => sayValue(value))
            .map(([field, value]) => `${fieldLabel(field)} ${sayValue(value)}`)
            .join('; ') || 'nothing'}
          .
        </Text>
      </Paper>
    );
  }
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        Side by side
      </Title>
      <Table.ScrollContainer
        minWidth={140 * (records.length + 2)}
        type="native"
        tabIndex={0}
        role="region"
        aria-label="Values in each system"
      >
        <Table className="comparison">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Field</Table.Th>
              <Table.Th>Accord</Table.Th>
              {records.map(({ linkId, provider, externalId, url }) => (
                <Table.Th key={linkId}>
                  <AccountNames ids={[provider]} />
                  <div className="dim mono wrap">{externalId ?? 'being created'}</div>
                  {url && (
                    <Anchor href={url} target="_blank" rel="noreferrer" size="sm" underline="always">
                      open there
                    </Anchor>
                  )}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map(({ field, value, records: held }) => (
              <Table.Tr key={field}>
                <Table.Th scope="row">{fieldLabel(field)}</Table.Th>
                <Table.Td className="wrap">
                  {sayValue(value) || '–'}
                  {origins[field] && (
                    <div className="dim origin">
                      from <AccountNames ids={[origins[field].provider]} />, <Time at={origins[field].changedAt} />
                    </div>
                  )}
                </Table.Td>
                {held.map(({ linkId, value: theirs, state }) => (
                  <Table.Td key={linkId} className="wrap">
                    {state === 'not-held' ? <span className="dim">no such field</span> : sayValue(theirs) || '–'}
                    {looks[state] && (
                      <div>
                        <StateBadge mood={looks[state].mood}>{looks[state].label}</StateBadge>
                      </div>
                    )}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}

function Audiences({ contact: { audiences } }: { contact: Contact }) {
  if (audiences.length === 0) return null;
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        Audiences
      </Title>
      {audiences.map(({ audience, member, checks }) => (
        <Paper key={audience} withBorder p="sm" mb="xs">
          <Group gap="sm" mb={4}>
            <Text fw={600}>{audience}</Text>
            <StateBadge mood={member ? 'good' : 'off'}>{member ? 'in it' : 'not in it'}</StateBadge>
          </Group>
          {checks.map(({ rule, passed, because }) => (
            <Text key={rule} size="sm">
              {passed ? '✓' : '✗'} <span className="mono">{rule}</span>: {because}
            </Text>
          ))}
        </Paper>
      ))}
    </section>
  );
}

function Actions({ contact }: { contact: Contact }) {
  const { id, isCustomer } = contact;
  const mayWrite = useMay('sync:write');
  const isAdmin = useMay('admin');
  const retry = useAct(
    () => askData(rest.POST('/sync/contacts/{id}/retry', { params: { path: { id } } })),
    'Every record is read and written again.',
  );
  const mark = useAct(
    () =>
      askData(
        rest.POST('/sync/mark-customer/{ghl_contact_id}', {
          params: { path: { ghl_contact_id: id } },
          body: { is_customer: !isCustomer },
        }),
      ),
    isCustomer ? 'Not a customer any more.' : 'Marked as a customer.',
  );
  if (!mayWrite) return null;
  return (
    <>
      <Button size="xs" onClick={() => retry.mutate()} loading={retry.isPending}>
        Sync now
      </Button>
      <Confirm
        label={isCustomer ? 'Not a customer' : 'Mark as customer'}
        title={isCustomer ? 'Not a customer any more?' : 'Mark as a customer?'}
        confirm={isCustomer ? 'Not a customer' : 'Mark'}
        onConfirm={() => mark.mutateAsync()}
      >
        {isCustomer
          ? 'The person may enter the audiences again that exclude customers.'
          : 'The person leaves the audiences that exclude customers, whatever the tags.'}
      </Confirm>
      <Button size="xs" variant="default" component={AddressLink} address={`/duplicates?contact=${id}`}>
        Possible doubles
      </Button>
      <ConsentDialogs contact={contact} />
      <Split contact={contact} />
      {isAdmin && (
        <>
          <Button
            size="xs"
            variant="default"
            component="a"
            href={`${basePath}/api/v1/contacts/${id}/personal-data`}
            download={`person-${id}.json`}
          >
            Export
          </Button>
          <Erase id={id} />
        </>
      )}
    </>
  );
}
