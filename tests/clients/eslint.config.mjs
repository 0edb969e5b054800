// Rules for the schema and for every operation that we show; none is switched off. Paths are those of the repository.
import graphql from '@graphql-eslint/eslint-plugin';

const OPERATIONS = ['graph/static/graphiql/operations/*.graphql', 'tests/clients/**/*.graphql'];

// What has no id of its own: it belongs to what holds it, or, as events and pages do, has a cursor.
const VALUES = {
  suffixes: ['Analytics', 'Connection', 'Edge', 'Event', 'Health', 'Details', 'Pacing', 'Settings'],
  types: [
    'AuthTokens',
    'ContactCard',
    'ContactIdentity',
    'ContactImportPreview',
    'ConversationSummary',
    'ConversationTrend',
    'DeliveryStats',
    'ExclusionTally',
    'FileIndexing',
    'ImportColumn',
    'BotGeneration',
    'Integration',
    'KnowledgeAnswer',
    'KnowledgeSource',
    'LeadStage',
    'ListRow',
    'ListSection',
    'MessageButton',
    'MessageHeader',
    'MessagePreview',
    'ModelMetrics',
    'OAuthProvider',
    'OrderItem',
    'PageInfo',
    'QrCode',
    'QuietHours',
    'Referral',
    'ServiceWindow',
    'SystemMetrics',
    'Tally',
    'WebhookAttempt',
    'TemplateApproval',
    'Upload',
    'Worker',
  ],
};

export default [
  {
    files: ['**/*.graphql'],
    plugins: { '@graphql-eslint': graphql },
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema: 'schema.graphql', documents: OPERATIONS } },
    },
  },
  {
    files: ['schema.graphql'],
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      // Relay wants edges in connections. It does not forbid a list of words, nor of the few phones of a contact.
      '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false }],
      '@graphql-eslint/strict-id-in-types': ['error', { exceptions: VALUES }],
    },
  },
  { files: OPERATIONS, rules: graphql.configs['flat/operations-recommended'].rules },
];
