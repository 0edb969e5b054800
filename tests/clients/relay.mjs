// Relay's runtime over what relay-compiler made: pages both ways, refetches, a change, an event; tells it in JSON.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import relay from 'relay-runtime';
import { once } from './sockets.mjs';

const given = JSON.parse(readFileSync(0));
const artifact = createRequire(join(given.folder, 'people.js'));
const compiled = (name) => artifact(`./__generated__/${name}.graphql`);
const headers = { Authorization: `Bearer ${given.token}` };
const sockets = once(given.ws, headers);

async function post({ text }, variables) {
  const response = await fetch(given.http, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ query: text, variables }),
  });
  return response.json();
}

const listen = ({ text }, variables) =>
  relay.Observable.create((sink) => sockets.subscribe({ query: text, variables }, sink));

const fresh = () =>
  new relay.Environment({
    network: relay.Network.create(post, listen),
    store: new relay.Store(new relay.RecordSource()),
  });

// What a component sees that shows a fragment: `holder` is the data of the query or fragment that spreads it.
function show(environment, fragment, holder) {
  return environment.lookup(relay.getSingularSelector(compiled(fragment), holder)).data;
}

// Pages from one end to the other, as usePaginationFragment does; each page joins what is in the store.
async function pages(environment, { first, last }) {
  const filter = { groupId: given.group };
  const operation = relay.createOperationDescriptor(compiled('peopleQuery'), { filter, first, last });
  environment.retain(operation);
  await relay.fetchQuery(environment, compiled('peopleQuery'), { filter, first, last }).toPromise();
  const list = () => show(environment, 'people_list', environment.lookup(operation.fragment).data).contacts;
  const lengths = [list().edges.length];
  for (let page = list(); first ? page.pageInfo.hasNextPage : page.pageInfo.hasPreviousPage; page = list()) {
    const { endCursor, startCursor } = page.pageInfo;
    const place = first ? { first, after: endCursor } : { last, before: startCursor };
    await relay.fetchQuery(environment, compiled('peoplePageQuery'), { filter, ...place }).toPromise();
    lengths.push(list().edges.length);
  }
  const { edges, totalCount } = list();
  const people = edges.map(({ node }) => show(environment, 'people_person', node).name);
  return { lengths, totalCount, people, nodes: edges.map(({ node }) => node) };
}

const found = {};
const environment = fresh();
const { nodes, ...forwards } = await pages(environment, { first: 5 });
const { nodes: _, ...backwards } = await pages(fresh(), { last: 5 });
Object.assign(found, { forwards, backwards });

// Pages of a connection that hangs on a node.
{
  const operation = relay.createOperationDescriptor(compiled('peopleGroupQuery'), { id: given.group, first: 20 });
  environment.retain(operation);
  await relay.fetchQuery(environment, compiled('peopleGroupQuery'), { id: given.group, first: 20 }).toPromise();
  const { node } = environment.lookup(operation.fragment).data;
  const members = () => show(environment, 'people_members', node.people_members).contacts;
  const after = members().pageInfo.endCursor;
  const next = { id: given.group, first: 20, after };
  await relay.fetchQuery(environment, compiled('peopleMembersQuery'), next).toPromise();
  found.members = members().edges.map((edge) => edge.node.id);
}

// A change, and what the store makes of it where the person is shown already.
const id = given.person;
const company = () => show(environment, 'people_person', nodes.find((node) => node.id === id)).company;
const variables = (company) => ({ id, input: { company } });
found.companies = [company()];
await new Promise((onCompleted, onError) => {
  const mutation = compiled('peopleChangeMutation');
  relay.commitMutation(environment, { mutation, variables: variables('Changed'), onCompleted, onError });
});
found.companies.push(company());

// Changes behind our back: an event about the person brings one, and a refetch by node(id) the other.
const elsewhere = (company) => post(compiled('peopleChangeMutation').params, variables(company));
const { events } = await relay.fetchQuery(environment, compiled('peopleNewestQuery'), {}).toPromise();
await elsewhere('Told');
await new Promise((done, onError) => {
  const subscription = relay.requestSubscription(environment, {
    subscription: compiled('peopleEventsSubscription'),
    variables: { filter: { subjectId: id }, after: events.pageInfo.endCursor },
    onNext() {
      subscription.dispose();
      done();
    },
    onError,
  });
});
found.companies.push(company());
await elsewhere('Fetched');
await relay.fetchQuery(environment, compiled('peoplePersonQuery'), { id }).toPromise();
found.companies.push(company());
console.log(JSON.stringify(found));
