// A road to the server that fails in each way that roads do: what is tried again, and what is done how often.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { Tidings, TidingsError } from '@tidings/sdk';
import { given } from './given.js';

type Fault = 'lose the answer' | 'cut' | '503' | '429';
const faults: Fault[] = [];
let asked = 0;

const road = createServer(async (request, response) => {
  asked++;
  const fault = faults.shift();
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (fault === 'cut') return void request.socket.destroy();
  if (fault === '503') return void response.writeHead(503).end('<h1>Away</h1>');
  if (fault === '429') return void response.writeHead(429, { 'retry-after': '1' }).end('Slowly');
  const headers = { 'content-type': 'application/json', authorization: request.headers.authorization ?? '' };
  const answer = await fetch(`${given.url}/graphql`, { method: 'POST', headers, body: Buffer.concat(chunks) });
  const text = await answer.text();
  if (fault === 'lose the answer') return void request.socket.destroy();
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
});
await new Promise<void>((done) => road.listen(0, '127.0.0.1', done));
const { port } = road.address() as { port: number };
const tidings = new Tidings({ url: `http://127.0.0.1:${port}`, wait: 0.01 });
await tidings.login({ input: { email: given.email, password: given.password } });

async function tried<T>(happens: Fault[], call: () => Promise<T>): Promise<[number, T | TidingsError]> {
  faults.splice(0, Infinity, ...happens);
  asked = 0;
  const answer = await call().catch((error: unknown) => error as TidingsError);
  return [asked, answer];
}

// A query asks until it is answered, three times in all.
const [queried, me] = await tried(['cut', '503'], () => tidings.me());
assert.deepEqual([queried, 'email' in me && me.email], [3, given.email]);
const [given_up, nobody] = await tried(['cut', '503', 'cut'], () => tidings.me());
assert.deepEqual([given_up, nobody instanceof TidingsError && nobody.code], [3, 'NETWORK_ERROR']);

// Where the server asks for patience, it is had.
const began = performance.now();
const [patient] = await tried(['429'], () => tidings.me());
assert.equal(patient, 2);
assert(performance.now() - began >= 1000);

// A mutation that may have been done is left to the caller; one that was surely not is tried again.
const name = `once ${Date.now()}`;
const group = () => tidings.createGroup({ input: { name } });
const [lost, unknown] = await tried(['lose the answer'], group);
assert.deepEqual([lost, unknown instanceof TidingsError && unknown.code], [1, 'NETWORK_ERROR']);
const [again, twice] = await tried(['429'], group);
assert.deepEqual([again, twice instanceof TidingsError && twice.code], [2, 'DUPLICATE_RESOURCE']);

// A message goes under an id of its own, so its answer may be lost, and it is sent once.
const to = { id: given.ids['conversation']! };
const [sends, message] = await tried(['lose the answer', '503'], () =>
  tidings.sendMessage({ input: { to, message: { text: 'Only once' } } }),
);
assert.equal(sends, 3);
const thread = (await tidings.conversationMessages({ id: to.id, first: 10 }))!.messages.edges.map(({ node }) => node);
assert.deepEqual(
  thread.filter(({ content }) => content === 'Only once').map(({ id }) => id),
  ['id' in message && message.id],
);

// So may what changes nothing when it is repeated.
const [takes, taken] = await tried(['lose the answer'], () => tidings.takeOverConversation({ conversation: to }));
assert.deepEqual([takes, 'handler' in taken && taken.handler], [2, 'OPERATOR']);
road.close();
road.closeAllConnections();
