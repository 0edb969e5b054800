// GraphiQL with a sign-in, subscriptions over graphql-transport-ws, and tabs that hand ids on to each other.
import { tabs } from './tabs.js';

const endpoint = location.pathname;
const element = (id) => document.getElementById(id);
const root = ReactDOM.createRoot(element('graphiql'));

// What fields have answered in this page, by name: {{createGroup.id}} in the variables of a later tab stands for it.
const answers = {};

let token = takeToken();

// A token may come in the address, as /graphql#token=…, where no server and no log sees it.
function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given) {
    sessionStorage.setItem('token', given);
    history.replaceState(null, '', location.pathname);
  }
  return sessionStorage.getItem('token');
}

function signIn(fresh) {
  token = fresh;
  if (token) sessionStorage.setItem('token', token);
  else sessionStorage.removeItem('token');
  render();
}

async function post(body, headers = {}) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
    body: JSON.stringify(body),
  });
  return response.json();
}

function authorized(headers) {
  const given = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
  return given || !token ? headers : { ...headers, Authorization: `Bearer ${token}` };
}

// Puts into variables what they name: {{createGroup.id}}, {{now}}, {{now+20s}}.
function filled(value) {
  if (typeof value === 'string') return value.replace(/\{\{(.+?)\}\}/g, (_, name) => named(name.trim()));
  if (Array.isArray(value)) return value.map(filled);
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner)]));
  return value;
}

function named(name) {
  const time = name.match(/^now(?:\+(\d+)s)?$/);
  if (time) return new Date(Date.now() + 1000 * (time[1] ?? 0)).toISOString();
  const found = name.split('.').reduce((value, key) => value?.[key], answers);
  if (found === undefined) throw new Error(`Run ${name.split('.')[0]} first: its answer gives {{${name}}}.`);
  return found;
}

function heed(answer) {
  for (const [field, value] of Object.entries(answer.data ?? {})) if (value) answers[field] = value;
  const fresh = answer.data?.login?.accessToken;
  if (fresh) setTimeout(() => signIn(fresh));
  return answer;
}

function isSubscription(document, name) {
  const operations = document?.definitions.filter((node) => node.kind === 'OperationDefinition') ?? [];
  const meant = operations.find((node) => !name || node.name?.value === name);
  return meant?.operation === 'subscription';
}

function fetcher(request, { headers = {}, documentAST } = {}) {
  const payload = { ...request, variables: filled(request.variables ?? {}) };
  if (!isSubscription(documentAST, request.operationName)) return post(payload, authorized(headers)).then(heed);
  const client = graphqlWs.createClient({
    url: endpoint.replace(/^/, location.origin.replace(/^http/, 'ws')),
    connectionParams: authorized(headers),
    lazyCloseTimeout: 0,
  });
  return client.iterate(payload);
}

async function showWho() {
  const answer = token ? await post({ query: '{ me { email role } }' }, authorized({})) : {};
  const me = answer.data?.me;
  element('sign-in').hidden = Boolean(me);
  element('signed-in').hidden = !me;
  element('who').textContent = me ? `${me.email} (${me.role})` : '';
}

// Another token is another page: tabs would keep the old one in their headers.
function render() {
  const headers = token ? JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2) : '';
  root.render(
    React.createElement(GraphiQL, {
      key: token,
      fetcher,
      defaultTabs: tabs.map((tab) => ({ ...tab, headers })),
      defaultHeaders: headers,
      defaultEditorToolsVisibility: 'variables',
      storage: sessionStorage,
      isHeadersEditorEnabled: true,
    }),
  );
  showWho();
}

element('sign-in').addEventListener('submit', async (event) => {
  event.preventDefault();
  const { email, password } = Object.fromEntries(new FormData(event.target));
  const query = 'mutation ($input: LoginInput!) { login(input: $input) { accessToken } }';
  const answer = await post({ query, variables: { input: { email, password } } });
  element('trouble').textContent = answer.errors?.[0].message ?? '';
  if (answer.data) {
    event.target.reset();
    signIn(answer.data.login.accessToken);
  }
});
element('sign-out').addEventListener('click', () => signIn(null));
render();
