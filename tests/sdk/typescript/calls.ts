// Signing in, refusals, pages, files: what every program does.
import assert from 'node:assert/strict';
import { each, Tidings, TidingsError, type Tokens } from '@tidings/sdk';
import { given } from './given.js';

const kept: Partial<Tokens>[] = [];
const tidings = new Tidings({ url: `${given.url}/graphql`, onTokens: (tokens) => kept.push(tokens) });
const refused = (call: Promise<unknown>, code: string) =>
  call.then(
    () => assert.fail('it was not refused'),
    (error: unknown) => {
      assert(error instanceof TidingsError, String(error));
      assert.equal(error.code, code);
      return error;
    },
  );

await refused(tidings.me(), 'AUTHENTICATION_ERROR');
const { user } = await tidings.login({ input: { email: given.email, password: given.password } });
assert.equal((await tidings.me()).email, user.email);

// An access token that has run out is renewed once, however many calls are refused at the same time.
const [{ refreshToken }] = kept as [Tokens];
const later = new Tidings({ url: given.url, token: 'a.stale.token', refreshToken, onTokens: (tokens) => kept.push(tokens) });
assert.deepEqual(await Promise.all([1, 2, 3].map(async () => (await later.me()).id)), [user.id, user.id, user.id]);
assert.equal(kept.length, 2);

// What is wrong with what was given, each thing by its place.
const blank = await refused(tidings.createGroup({ input: { name: ' ' } }), 'VALIDATION_ERROR');
assert.equal(blank.field, 'name');
assert.equal(blank.reason, 'required');
assert(blank.requestId);
await refused(tidings.contact({ id: given.ids['unknown']! }), 'NOT_FOUND');
await refused(new Tidings({ url: 'http://127.0.0.1:1', tries: 2, wait: 0.01 }).me(), 'NETWORK_ERROR');

// Pages of two are five contacts, in their order, read as they are wanted.
const inGroup = async (after: string | null) =>
  (await tidings.groupContacts({ id: given.ids['group']!, first: 2, after }))!.contacts;
const names: string[] = [];
for await (const { name } of each(inGroup)) names.push(name);
assert.deepEqual(names.sort(), ['Ana', 'Bia', 'Cid', 'Dora', 'Eva']);

// Times may be dates.
const made = await tidings.contacts({ filter: { createdAt: { start: new Date(Date.now() - 3600_000) } }, first: 1 });
assert.equal(made.edges.length, 1);

const { id } = await tidings.upload(new File(['name,phone\nRita,+351912345678\n'], 'people.csv'), { purpose: 'IMPORT' });
assert.equal((await tidings.contactImportPreview({ fileId: id })).columns.length, 2);

// Numbers for priorities, and one message however often it is asked for under one name.
const to = given.ids['conversation']!;
const sent = await tidings.sendText(to, 'Hello', { priority: 4, correlationId: to });
assert.equal(sent.priority, 'HIGH');
assert.equal((await tidings.sendText(to, 'Hello', { correlationId: to })).id, sent.id);
assert.equal((await tidings.sendText(`${sent.conversation!.phoneNumber!.slice(1)}@c.us`, 'Hello')).priority, 'NORMAL');
const numbered = await Promise.all([1, 2, 3, 4, 5].map((priority) => tidings.sendText(to, 'Hello', { priority })));
assert.deepEqual(numbered.map(({ priority }) => priority), ['LOW', 'LOW', 'NORMAL', 'HIGH', 'URGENT']);
for (const priority of [0, 2.5, 6]) await assert.rejects(tidings.sendText(to, 'Hello', { priority }), RangeError);

await later.logout({ refreshToken: (kept[1] as Tokens).refreshToken });
assert.deepEqual(kept.at(-1), {});
