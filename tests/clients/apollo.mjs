// Apollo Client: HttpLink for queries and mutations, GraphQLWsLink for subscriptions, a normalised cache over both.
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { OperationTypeNode } from 'graphql';
import { failure, given, headers, say, scenario, shown } from './scenario.mjs';
import { lasting, once, resuming } from './sockets.mjs';

const signed = new SetContextLink(() => ({ headers: headers() }));

const apollo = (sockets) =>
  new ApolloClient({
    cache: new InMemoryCache({ possibleTypes: { Event: ['MessageEvent', 'SenderEvent', 'ResourceEvent'] } }),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(sockets),
      signed.concat(new HttpLink({ uri: given.http })),
    ),
  });

async function execute(document, variables) {
  const parsed = gql(document);
  try {
    const { data } =
      parsed.definitions[0].operation === OperationTypeNode.MUTATION
        ? await client.mutate({ mutation: parsed, variables })
        : await client.query({ query: parsed, variables, fetchPolicy: 'network-only' });
    return data;
  } catch (error) {
    throw CombinedGraphQLErrors.is(error) ? failure(error.errors) : error;
  }
}

// The code of a close stands in the words of Apollo's error.
const codeOf = ({ error }) => Number(/^Socket closed with event (\d+) /.exec(error.message)?.[1]);

const Schedule = gql(shown('09-schedule'));
const statuses = ({ schedule }) => schedule.messages.edges.map(({ node }) => node.status);

const { run, renew, heard } = scenario({
  execute,
  once: (document) =>
    new Promise((told) =>
      apollo(once(given.ws, headers))
        .subscribe({ query: gql(document) })
        .subscribe((result) => told(codeOf(result))),
    ),
  listen(document, variables, next) {
    const subscription = client.subscribe({ query: gql(document), variables }).subscribe(({ data, error }) => {
      if (!error) return next(data);
      say({ failed: String(error) });
      process.exit(1);
    });
    return () => subscription.unsubscribe();
  },
  // What was read once changes with the events: no further query is sent.
  looks: {
    async first(id) {
      const { data } = await client.query({ query: Schedule, variables: { id }, fetchPolicy: 'network-only' });
      say({ cachedBefore: statuses(data) });
    },
    last: (id) => say({ cachedAfter: statuses(client.readQuery({ query: Schedule, variables: { id } })) }),
  },
});
const client = apollo(resuming(lasting(given.ws, headers, renew, heard)));

await run();
client.stop();
