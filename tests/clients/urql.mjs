// urql: HTTP for queries and mutations, graphql-ws for subscriptions.
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from '@urql/core';
import { failure, given, headers, say, scenario } from './scenario.mjs';
import { lasting, once, resuming } from './sockets.mjs';

const urql = (sockets) =>
  new Client({
    url: given.http,
    fetchOptions: () => ({ headers: headers() }),
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (request) => ({
          subscribe: (sink) => ({ unsubscribe: sockets().subscribe(request, sink) }),
        }),
      }),
    ],
  });

async function execute(query, variables) {
  const how = query.includes('mutation ') ? 'mutation' : 'query';
  const { data, error } = await client[how](query, variables, { requestPolicy: 'network-only' });
  if (error) throw failure(error.graphQLErrors);
  return data;
}

const { run, renew, heard } = scenario({
  execute,
  once: async (query) => (await urql(() => once(given.ws, headers)).subscription(query, {})).error.networkError.code,
  listen(query, variables, next) {
    const { unsubscribe } = client.subscription(query, variables).subscribe(({ data, error }) => {
      if (!error) return next(data);
      say({ failed: String(error) });
      process.exit(1);
    });
    return unsubscribe;
  },
});
const watching = resuming(lasting(given.ws, headers, renew, heard));
const client = urql(() => watching);

await run();
