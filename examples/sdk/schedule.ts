// Schedules a message for a group: node schedule.js CONTACT_ID…
import { Tidings } from '@tidings/sdk';

const tidings = new Tidings({ url: process.env['TIDINGS_URL']!, token: process.env['TIDINGS_TOKEN']! });

const template = await tidings.createMessageTemplate({ input: { title: 'Welcome', content: 'Hello {{name}}!' } });
const group = await tidings.createGroup({ input: { name: 'New users', contactIds: process.argv.slice(2) } });
const sendAt = new Date(Date.now() + 24 * 60 * 60 * 1000);
const schedule = await tidings.createSchedule({ input: { templateId: template.id, groupId: group.id, sendAt } });
const { status } = (await tidings.schedule({ id: schedule.id }))!;
console.log(`Scheduled with ID: ${schedule.id}, ${status}`);
