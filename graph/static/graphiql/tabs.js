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
  tab('16-send-message', {
    conversationId: '${conversations.edges.0.node.id}',
    message: {
      interactive: {
        text: 'Keep Friday 10:00?',
        buttons: [
          { type: 'REPLY', title: 'Keep', payload: 'keep:51' },
          { type: 'REPLY', title: 'Move', payload: 'move:51' },
        ],
      },
    },
    correlationId: null,
  }),
  tab('17-read', { id: '${conversations.edges.0.node.id}' }),
  tab('18-watch-conversation', { filter: { conversationId: '${conversations.edges.0.node.id}' }, after: null }),
  tab('19-connect-waha', { phoneNumber: '+44 7400 123457' }),
  tab('20-waha-code', { id: '${createSender.id}' }),
  tab('21-watch-senders', { after: null }),
  tab('22-pacing'),
  tab('23-upload', { name: 'picture.png', sizeBytes: 0 }),
  tab('24-send-file', {
    conversationId: '${conversations.edges.0.node.id}',
    fileId: '${createUpload.file.id}',
    caption: 'Our new sign',
  }),
  tab('25-typing', { conversationId: '${conversations.edges.0.node.id}' }),
  tab('26-full-template', {
    input: {
      title: 'Appointment ${now}',
      header: { text: 'Your appointment' },
      content: 'Hello {{name}}, see you on {{date}}.',
      footer: 'Reply STOP to hear no more',
      buttons: [
        { type: 'REPLY', title: 'Keep' },
        { type: 'URL', title: 'Directions', url: 'https://example.com/{{place}}' },
      ],
      approval: { language: 'en_US', category: 'UTILITY', examples: { date: 'Friday 10:00', place: 'lisbon' } },
    },
    contactId: null,
    variables: { date: 'Friday 10:00', place: 'lisbon' },
  }),
  tab('27-held-schedules'),
  tab('28-duplicates'),
  tab('29-merge', {
    id: '${contacts.edges.0.node.id}',
    duplicateId: '${contacts.edges.0.node.duplicates.0.id}',
  }),
  tab('30-settings', { input: { consent: { optOutReply: 'You will get no more news. START brings them back.' } } }),
  tab('35-create-campaign', {
    name: null,
    templateId: '${createMessageTemplate.id}',
    groupId: '${createGroup.id}',
    variables: { date: 'Friday 10:00', place: 'lisbon' },
    quietHours: null,
  }),
  tab('36-preflight', { id: '${createCampaign.id}' }),
  tab('37-start-campaign', { id: '${createCampaign.id}', preflightId: '${campaignPreflight.id}', at: null }),
  tab('38-pause-campaign', { id: '${createCampaign.id}' }),
  tab('39-resume-campaign', { id: '${createCampaign.id}' }),
  tab('40-watch-campaign', { campaignId: '${createCampaign.id}', after: null }),
  tab('41-campaign-results', { id: '${createCampaign.id}', filter: null, after: null }),
  tab('42-unread-once-more', {
    campaignId: '${createCampaign.id}',
    templateId: '${createCampaign.template.id}',
    variables: { date: 'Monday 10:00', place: 'lisbon' },
  }),
]);
