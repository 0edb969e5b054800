// An inbox for operators: what is new comes by itself. <TidingsProvider client={new Tidings({ … })}><Inbox /></TidingsProvider>
import { useState } from 'react';
import { useConversation, useConversations, useSendMessage, useTakeover } from '@tidings/sdk/react';

export function Inbox() {
  const { conversations, loading, error, hasMore, loadMore } = useConversations({ filter: { status: ['ACTIVE', 'ESCALATED'] } });
  const [open, setOpen] = useState<string>();
  if (error) return <p role="alert">{error.message}</p>;
  if (loading) return <p>Loading</p>;
  return (
    <>
      <ul>
        {conversations?.map(({ id, contact, lastMessage }) => (
          <li key={id}>
            <button onClick={() => setOpen(id)}>{contact.name}</button> {lastMessage?.content}
          </li>
        ))}
      </ul>
      {hasMore && <button onClick={loadMore}>More</button>}
      {open !== undefined && <Thread id={open} />}
    </>
  );
}

export function Thread({ id }: { id: string }) {
  const { conversation, messages } = useConversation(id);
  const { sendMessage, sending, error } = useSendMessage({ id });
  const { takeOver, handBack, busy } = useTakeover({ id });
  const [text, setText] = useState('');
  const byOperator = conversation?.handler === 'OPERATOR';
  return (
    <section>
      <h2>{conversation?.handler}</h2>
      <button disabled={busy} onClick={byOperator ? handBack : takeOver}>
        {byOperator ? 'Hand back' : 'Take over'}
      </button>
      <ol reversed>{messages?.map(({ id, content, status }) => <li key={id}>{`${content} ${status}`}</li>)}</ol>
      <input aria-label="Answer" value={text} onChange={({ target }) => setText(target.value)} />
      <button disabled={sending} onClick={() => sendMessage(text).catch(() => undefined)}>
        Send
      </button>
      {error && <p role="alert">{error.message}</p>}
    </section>
  );
}
