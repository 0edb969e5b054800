// Sends a text: TIDINGS_URL=http://127.0.0.1:8000 TIDINGS_TOKEN=… node send.js +351912345678
import { Tidings } from '@tidings/sdk';

const tidings = new Tidings({ url: process.env['TIDINGS_URL']!, token: process.env['TIDINGS_TOKEN']! });
const message = await tidings.sendText(process.argv[2]!, 'Hello from TypeScript!');
console.log(message.id, message.status);
