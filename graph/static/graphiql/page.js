// GraphiQL with a sign-in, subscriptions over graphql-transport-ws, and tabs that hand ids on to each other.
import { tabs } from './tabs.js';

const endpoint = location.pathname;
const element = (id) => document.getElementById(id);
const root = ReactDOM.createRoot(element('graphiql'));

// What fields have answered in this page, by name: ${createGroup.id} in the variables of a later tab stands for it.
const answers = {};

// Tokens of this page's sign-ins: where a tab's headers still hold an older one, the newest goes out.
const ours = new Set();

// What GraphiQL wants to keep (among it the variables of a sign-in) lives as long as the page.
const kept = new Map([
  ['graphiql:query', tabs[0].query],
  ['graphiql:variables', tabs[0].variables],
]);
const storage = {
  getItem: (key) => kept.get(key) ?? null,
  setItem: (key, value) => kept.set(key, value),
  removeItem: (key) => kept.delete(key),
  clear: () => kept.clear(),
  get length() {
    return kept.size;
  },
};

let token = takeToken();
let codeEnds;

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
  const name = Object.keys(headers).find((key) => key.toLowerCase() === 'authorization') ?? 'Authorization';
  const stale = !headers[name] || ours.has(headers[name]);
  return stale && token ? { ...headers, [name]: `Bearer ${token}` } : headers;
}

// Puts into variables what they name: ${createGroup.id}, ${now}, ${now+20s}.
function filled(value) {
  if (typeof value === 'string') return value.replace(/\$\{(.+?)\}/g, (_, name) => named(name));
  if (Array.isArray(value)) return value.map(filled);
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner)]));
  return value;
}

function named(name) {
  const time = name.match(/^now(?:\+(\d+)s)?$/);
  if (time) return new Date(Date.now() + 1000 * (time[1] ?? 0)).toISOString();
  const found = name.split('.').reduce((value, key) => value?.[key], answers);
  const [field] = name.split('.');
  if (!(field in answers)) throw new Error(`Run ${field} first: \${${name}} stands for its answer.`);
  if (found == null) throw new Error(`\${${name}} stands for nothing: ${field} answered without it.`);
  return found;
}

// Nobody scans text: a code in an answer is drawn, for as long as it holds.
function showCode(answer) {
  const codes = [];
  JSON.stringify(answer.data ?? {}, (key, value) => (key === 'qrCode' && codes.push(value), value));
  if (!codes.length) return;
  const code = codes.find((each) => each?.image);
  clearTimeout(codeEnds);
  element('code').hidden = !code;
  if (!code) return;
  const ends = code.expiresAt && new Date(code.expiresAt);
  element('code').querySelector('img').src = `data:image/png;base64,${code.image}`;
  element('code').querySelector('span').textContent = ends ? `until ${ends.toLocaleTimeString()}` : '';
  if (ends) codeEnds = setTimeout(() => (element('code').hidden = true), ends - Date.now());
}

function heed(answer) {
  showCode(answer);
  for (const [field, value] of Object.entries(answer.data ?? {})) if (value) answers[field] = value;
  const fresh = answer.data?.login?.accessToken;
  if (fresh) setTimeout(() => signIn(fresh));
  return answer;
}

// GraphiQL's own idea of the operation lags behind a change of tabs.
function operationOf({ query, operationName }) {
  const { definitions } = GraphiQL.GraphQL.parse(query);
  const operations = definitions.filter((node) => node.kind === 'OperationDefinition');
  return operations.find((node) => operations.length === 1 || node.name?.value === operationName);
}

function fetcher(request, { headers = {} } = {}) {
  let payload, kind;
  try {
    const operation = operationOf(request);
    kind = operation?.operation;
    payload = { ...request, operationName: operation?.name?.value, variables: filled(request.variables ?? {}) };
  } catch ({ message }) {
    return { errors: [{ message }] };
  }
  if (kind !== 'subscription') return post(payload, authorized(headers)).then(heed);
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

function render() {
  const authorization = token && `Bearer ${token}`;
  const headers = token ? JSON.stringify({ Authorization: authorization }, null, 2) : '';
  if (token) ours.add(authorization);
  root.render(
    React.createElement(GraphiQL, {
      fetcher,
      headers,
      storage,
      defaultTabs: tabs,
      defaultHeaders: headers,
      defaultEditorToolsVisibility: 'variables',
      isHeadersEditorEnabled: true,
    }),
  );
  showWho();
}

// There are many, and the docs speak of them by their numbers.
for (const { query } of tabs) {
  const [, number, name] = query.match(/^# (\d+)\.[^]*?\n(?:query|mutation|subscription) (\w+)/);
  element('tabs').append(new Option(`${number}. ${name}`, name));
}
element('tabs').addEventListener('change', ({ target }) => {
  const buttons = [...document.querySelectorAll('.graphiql-tab-button')];
  const button = buttons.find((each) => each.textContent === target.value);
  button?.click();
  button?.scrollIntoView({ inline: 'center' });
  target.selectedIndex = 0;
});

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
element('code').addEventListener('click', () => (element('code').hidden = true));
element('sign-out').addEventListener('click', () => signIn(null));
render();
