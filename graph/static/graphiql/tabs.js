// The tabs that GraphiQL opens with: the whole path of a message, in the order in which to run them.
const tab = (query, variables) => ({
  query: query.trim(),
  variables: variables && JSON.stringify(variables, null, 2),
});

export const tabs = [
  tab(
    `
# 1. Sign in, here or above.
# The token goes into the headers of every tab.
mutation SignIn($email: String!, $password: String!) {
  login(input: { email: $email, password: $password }) {
    accessToken
    expiresIn
    user {
      id
      name
      role
    }
  }
}`,
    { email: 'admin@example.com', password: '' },
  ),
  tab(`
# 2. The numbers that messages are sent from.
query Senders {
  senders(first: 20) {
    edges {
      node {
        id
        name
        phoneNumber
        provider
        status
        isDefault
      }
    }
  }
}`),
  tab(
    `
# 3. A template, handed to WhatsApp for approval.
# \${now} makes its title new each time.
mutation CreateTemplate($title: String!, $content: String!) {
  createMessageTemplate(
    input: {
      title: $title
      content: $content
      approval: { language: "en_US", category: MARKETING }
    }
  ) {
    id
    title
    variables
    approval {
      name
      status
    }
    preview {
      content
    }
  }
}`,
    { title: 'News ${now}', content: 'Hello {{name}}, here is some news.' },
  ),
  tab(
    `
# 4. A group to send to.
mutation CreateGroup($name: String!) {
  createGroup(input: { name: $name }) {
    id
    name
  }
}`,
    { name: 'Friends ${now}' },
  ),
  tab(
    `
# 5. People, into that group: \${createGroup.id}
# is the id that tab 4 was answered.
# One number is wrong on purpose.
mutation ImportContacts(
  $contacts: [CreateContactInput!]!
  $groupIds: [ID!]
) {
  importContacts(
    input: {
      contacts: $contacts
      groupIds: $groupIds
      onDuplicate: UPDATE
    }
  ) {
    id
    status
  }
}`,
    {
      contacts: [
        { name: 'Rita Lobo', phoneNumber: '+351912345678', company: 'Acme' },
        { name: 'João Prado', phoneNumber: '+55 (11) 98765-4321' },
        { name: 'Ann Field', phoneNumber: '+44 7400 123456' },
        { name: 'Nobody', phoneNumber: '12' },
      ],
      groupIds: ['${createGroup.id}'],
    },
  ),
  tab(
    `
# 6. Is all ready? Run it again until the template
# is APPROVED and the import COMPLETED.
query Ready($templateId: ID!, $importId: ID!) {
  messageTemplate(id: $templateId) {
    approval {
      status
    }
  }
  node(id: $importId) {
    ... on ContactImport {
      status
      created
      updated
      failed
      rows(first: 20) {
        edges {
          node {
            row
            verdict
            field
            code
            message
          }
        }
      }
    }
  }
}`,
    { templateId: '${createMessageTemplate.id}', importId: '${importContacts.id}' },
  ),
  tab(
    `
# 7. The template, to the group, in twenty seconds.
mutation CreateSchedule(
  $templateId: ID!
  $groupId: ID!
  $sendAt: DateTime!
) {
  createSchedule(
    input: {
      templateId: $templateId
      groupId: $groupId
      sendAt: $sendAt
    }
  ) {
    id
    status
    sendAt
    stats {
      recipients
    }
  }
}`,
    {
      templateId: '${createMessageTemplate.id}',
      groupId: '${createGroup.id}',
      sendAt: '${now+20s}',
    },
  ),
  tab(
    `
# 8. Live: run this, and watch messages leave, arrive
# and be read. Leaving the tab ends it.
subscription Watch($scheduleId: ID!) {
  messageEvents(filter: { scheduleId: $scheduleId }) {
    type
    occurredAt
    error
    message {
      id
      status
      contact {
        id
        name
      }
    }
    stats {
      sent
      delivered
      read
      failed
      progress
    }
    cursor
  }
}`,
    { scheduleId: '${createSchedule.id}' },
  ),
  tab(
    `
# 9. How the schedule stands, and each of its messages.
query Schedule($id: ID!) {
  schedule(id: $id) {
    status
    sendAt
    sentAt
    stats {
      recipients
      pending
      sent
      delivered
      read
      failed
      replies
      progress
      deliveryRate
      readRate
    }
    messages(first: 20) {
      edges {
        node {
          id
          status
          content
          contact {
            id
            name
            phoneNumber
          }
        }
      }
    }
  }
}`,
    { id: '${createSchedule.id}' },
  ),
  tab(
    `
# 10. Contacts, a page at a time: pass endCursor on as after.
query Contacts($search: String, $after: String) {
  contacts(
    filter: { search: $search }
    orderBy: NAME
    direction: ASC
    first: 20
    after: $after
  ) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    edges {
      node {
        id
        name
        phoneNumber
        groups {
          id
          name
        }
        messageCount
      }
    }
  }
}`,
    { search: null, after: null },
  ),
  tab(`
# 11. How the system is; needs no sign-in.
query Health {
  health {
    status
    version
    problems
    database {
      status
      responseTimeMs
    }
    redis {
      status
      responseTimeMs
    }
    workers {
      status
      count
      queuedTasks
    }
  }
}`),
];
