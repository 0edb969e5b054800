// Takes a conversation over from the bot, answers, and hands it back: node takeover.js +351912345678
import { Tidings, TidingsError } from '@tidings/sdk';

const tidings = new Tidings({ url: process.env['TIDINGS_URL']!, token: process.env['TIDINGS_TOKEN']! });
const conversation = { phoneNumber: process.argv[2]! };

try {
  const { handler } = await tidings.takeOverConversation({ conversation });
  const { content } = await tidings.sendMessage({ input: { to: conversation, message: { text: 'A person is here.' } } });
  const after = await tidings.handBackConversation({ conversation });
  console.log(handler, content, after.handler);
} catch (error) {
  if (!(error instanceof TidingsError)) throw error;
  console.error('Takeover failed:', error.code, error.field, error.message);
  process.exitCode = 1;
}
