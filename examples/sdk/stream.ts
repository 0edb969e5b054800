// Sends to a conversation and follows what happens in it, until its contact has read: node stream.js CONVERSATION_ID
import { Tidings } from '@tidings/sdk';

const tidings = new Tidings({ url: process.env['TIDINGS_URL']!, token: process.env['TIDINGS_TOKEN']! });
const conversationId = process.argv[2]!;

const after = await tidings.newestCursor();
const to = { id: conversationId };
const sent = await tidings.sendMessage({ input: { to, message: { text: 'Hello from JavaScript!' }, priority: 'HIGH' } });
console.log(`Message ID: ${sent.id}`);

for await (const { type, message } of tidings.watchMessageEvents({ filter: { conversationId }, after })) {
  console.log(type, message?.content);
  if (type === 'MESSAGE_READ') break;
}
