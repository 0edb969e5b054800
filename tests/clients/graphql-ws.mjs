// graphql-ws by itself: everything over sockets, but for signing in, which a socket wants to have been done.
import { failure, given, headers, say, scenario } from './scenario.mjs';
import { lasting, once, resuming } from './sockets.mjs';

const PUBLIC = /^mutation (Enter|Refresh|Leave)\b/;

async function post(query, variables) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(given.http, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  return response.json();
}

async function ask(query, variables) {
  const client = once(given.ws, headers);
  for await (const answer of client.iterate({ query, variables })) return answer;
}

async function execute(query, variables) {
  const { data, errors } = await (PUBLIC.test(query) ? post : ask)(query, variables);
  if (errors) throw failure(errors);
  return data;
}

const { run, renew, heard } = scenario({
  execute,
  once: (query) => ask(query).catch(({ code }) => code),
  listen: (query, variables, next) =>
    watching.subscribe({ query, variables }, { next: ({ data }) => next(data), error: fail, complete: () => {} }),
});
const watching = resuming(lasting(given.ws, headers, renew, heard));

function fail(error) {
  say({ failed: String(error) });
  process.exit(1);
}

await run();
