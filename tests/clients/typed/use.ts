// What a program may do with the generated types, and what the compiler keeps it from.
import type {
  ContactQuery,
  ContactQueryVariables,
  CreateScheduleMutationVariables,
  EventLogQuery,
  WatchSubscription,
} from './operations.js';
import type { Contact, CreateScheduleInput, Event, MessageStatus } from './schema.js';

export const scheduled: CreateScheduleMutationVariables = { templateId: '1', groupId: '2', sendAt: '2027-01-01T00Z' };
// @ts-expect-error the time is missing
export const never: CreateScheduleMutationVariables = { templateId: '1', groupId: '2' };
export const whole: CreateScheduleInput = { ...scheduled, variables: { code: 7 } };
// @ts-expect-error there is no such argument
export const asked: ContactQueryVariables = { id: '1', phone: '+351912345678' };

export function shown({ contact }: ContactQuery): string {
  // @ts-expect-error there may be no contact
  contact.name;
  if (contact === null) return 'nobody';
  // @ts-expect-error this was not asked for
  contact.jobTitle;
  return `${contact.name}, ${contact.phones[0]?.phoneNumber ?? contact.identities[0]?.value ?? 'no number'}`;
}

export function told({ messageEvents: event }: WatchSubscription): string {
  const status: MessageStatus | undefined = event.message?.status;
  // @ts-expect-error no message is lost
  if (status === 'LOST') return '';
  return `${event.type} ${event.message?.contact.name ?? event.stats?.progress ?? event.error ?? ''}`;
}

export const read = ({ events }: EventLogQuery): string[] =>
  events.edges.map(({ cursor, node }) => ('message' in node ? (node.message?.status ?? cursor) : cursor));

export const subjects = (event: Event, contact: Contact): boolean => event.subject?.id === contact.id;
