// The hooks in React, on a page, against the server: an operator answers in the inbox, others watch a campaign and a sender.
import assert from 'node:assert/strict';
// @ts-expect-error It brings no types.
import { JSDOM } from 'jsdom';

const { window } = new JSDOM('<!doctype html><body></body>', { url: 'http://127.0.0.1/' });
const { document, navigator, HTMLElement, HTMLIFrameElement, Node, Event, MutationObserver } = window;
for (const [name, value] of Object.entries({ window, document, navigator, HTMLElement, HTMLIFrameElement, Node, Event, MutationObserver }))
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

const { act, cleanup, fireEvent, render, screen, waitFor } = await import('@testing-library/react');
const { Tidings } = await import('@tidings/sdk');
const { TidingsProvider, useCampaignProgress, useSenderStatus } = await import('@tidings/sdk/react');
const { Inbox } = await import('./inbox.js');
const { given } = await import('./given.js');

const client = new Tidings({ url: given.url });
await client.login({ input: { email: given.email, password: given.password } });
const until = (look: () => void) => waitFor(look, { timeout: 15_000, interval: 50 });
const { campaign: campaignId, sender: senderId, conversation } = given.ids as Record<string, string>;

function Board() {
  const { campaign, loading } = useCampaignProgress(campaignId!);
  const { sender } = useSenderStatus(senderId!);
  return (
    <dl>
      <dd data-testid="campaign">{loading ? 'loading' : `${campaign?.status} ${campaign?.stats.read}`}</dd>
      <dd data-testid="sender">{sender?.name}</dd>
    </dl>
  );
}

render(
  <TidingsProvider client={client}>
    <Inbox />
    <Board />
  </TidingsProvider>,
);
assert.equal(screen.getByTestId('campaign').textContent, 'loading');
await until(() => assert.equal(screen.getByTestId('campaign').textContent, 'DRAFT 0'));
const row = await screen.findByRole('button', { name: given.ids['name']! }, { timeout: 15_000 });
fireEvent.click(row);
const thread = await screen.findByRole('button', { name: 'Take over' }, { timeout: 15_000 });

// Taken over, it says so by itself, as the server does.
fireEvent.click(thread);
await screen.findByRole('button', { name: 'Hand back' }, { timeout: 15_000 });
assert.equal((await client.conversation({ id: conversation! }))!.handler, 'OPERATOR');

// What is sent appears in the thread and in the list, and its status follows.
fireEvent.change(screen.getByLabelText('Answer'), { target: { value: 'A person is here' } });
fireEvent.click(screen.getByRole('button', { name: 'Send' }));
await screen.findByText('A person is here READ', {}, { timeout: 15_000 });
await until(() => assert.match(row.closest('li')!.textContent!, /A person is here/));

// A refusal is shown where it was caused, and the rest goes on.
fireEvent.change(screen.getByLabelText('Answer'), { target: { value: '' } });
fireEvent.click(screen.getByRole('button', { name: 'Send' }));
assert.match((await screen.findByRole('alert', {}, { timeout: 15_000 })).textContent!, /empty/);
fireEvent.click(screen.getByRole('button', { name: 'Hand back' }));
await screen.findByRole('button', { name: 'Take over' }, { timeout: 15_000 });

// Somebody else's doing comes by itself.
await act(() => client.startCampaign({ id: campaignId!, at: new Date(Date.now() + 3600_000) }));
await until(() => assert.equal(screen.getByTestId('campaign').textContent, 'SCHEDULED 0'));
await act(() => client.stopCampaign({ id: campaignId! }));
await until(() => assert.match(screen.getByTestId('campaign').textContent!, /^(STOPPED|CANCELLED) 0$/));
await act(() => client.updateSender({ id: senderId!, input: { name: 'The new name' } }));
await act(() => client.disconnectSender({ id: senderId! }));
await until(() => assert.equal(screen.getByTestId('sender').textContent, 'The new name'));

cleanup();
await client.close();
