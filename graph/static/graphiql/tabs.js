// The tabs that GraphiQL opens with: the whole path of a message, in the order in which to run them.
const tab = async (name, variables) => ({
  query: (await (await fetch(new URL(`operations/${name}.graphql`, import.meta.url))).text()).trim(),
  variables: variables && JSON.stringify(variables, null, 2),
});

export const tabs = await Promise.all([
  tab('01-sign-in', { email: 'admin@example.com', password: '' }),
  tab('02-senders'),
  tab('03-create-template', { title: 'News ${now}', content: 'Hello {{name}}, here is some news.' }),
  tab('04-create-group', { name: 'Friends ${now}' }),
  tab('05-import-contacts', {
    contacts: [
      { name: 'Rita Lobo', phoneNumber: '+351912345678', company: 'Acme' },
      { name: 'João Prado', phoneNumber: '+55 (11) 98765-4321' },
      { name: 'Ann Field', phoneNumber: '+44 7400 123456' },
      { name: 'Nobody', phoneNumber: '12' },
    ],
    groupIds: ['${createGroup.id}'],
  }),
  tab('06-ready', { templateId: '${createMessageTemplate.id}', importId: '${importContacts.id}' }),
  tab('07-create-schedule', {
    templateId: '${createMessageTemplate.id}',
    groupId: '${createGroup.id}',
    sendAt: '${now+20s}',
  }),
  tab('08-watch', { scheduleId: '${createSchedule.id}', after: null }),
  tab('09-schedule', { id: '${createSchedule.id}' }),
  tab('10-contacts', { search: null, after: null }),
  tab('11-contact', { id: '${contacts.edges.0.node.id}' }),
  tab('12-event-log', { types: ['MESSAGE_READ', 'MESSAGE_FAILED'], after: null }),
  tab('13-health'),
  tab('14-inbox', { filter: { unread: true }, after: null }),
  tab('15-conversation', { id: '${conversations.edges.0.node.id}', after: null }),
  tab('16-send-message', { conversationId: '${conversations.edges.0.node.id}', correlationId: null }),
  tab('17-read', { id: '${conversations.edges.0.node.id}' }),
  tab('18-watch-conversation', { filter: { conversationId: '${conversations.edges.0.node.id}' }, after: null }),
  tab('19-connect-waha', { phoneNumber: '+44 7400 123457' }),
  tab('20-waha-code', { id: '${createSender.id}' }),
]);
