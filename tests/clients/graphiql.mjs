// Uses GraphiQL as a person does: node graphiql.mjs URL EMAIL PASSWORD FOLDER NUMBER CALLER COLLEAGUE; prints what each tab was
// answered. A WAHA session is made for NUMBER, a conversation opened with CALLER, a contact made of COLLEAGUE.
// The browser reaches nothing but 127.0.0.1. Screenshots go to FOLDER.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [url, email, password, folder, number, caller, colleague] = process.argv.slice(2);
const browser = await chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), 'chromium-')), {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  viewport: { width: 1440, height: 900 },
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  ],
});
const page = await browser.newPage();
const found = { tabs: {}, shots: [], elsewhere: [], trouble: [] };
page.on('request', (request) => {
  if (!/^(http:\/\/127\.0\.0\.1|data:)/.test(request.url())) found.elsewhere.push(request.url());
});
page.on('console', (message) => {
  if (message.type() === 'error') found.trouble.push(message.text());
});
page.on('pageerror', (error) => found.trouble.push(String(error)));

const answer = () => page.evaluate(() => document.querySelector('.result-window .CodeMirror').CodeMirror.getValue());
const shot = (name) => found.shots.push(name) && page.screenshot({ path: join(folder, `${name}.png`) });

async function open(tab) {
  if ((await page.locator('.graphiql-tab-active .graphiql-tab-button').innerText()) === tab) return;
  await page.selectOption('#tabs', tab);
  await page.locator('.graphiql-tab-active .graphiql-tab-button', { hasText: new RegExp(`^${tab}$`) }).waitFor();
}

// Runs the tab that is open until its answer is as wanted, at most `times` times.
async function run(tab, wanted = () => true, times = 1) {
  await open(tab);
  for (let time = 0; time < times; time++) {
    await page.locator('.graphiql-execute-button').click();
    await page.waitForFunction(() => !document.querySelector('.graphiql-spinner'));
    await page.waitForFunction(() => document.querySelector('.result-window .CodeMirror').CodeMirror.getValue());
    found.tabs[tab] = JSON.parse(await answer());
    if (wanted(found.tabs[tab])) break;
    await page.waitForTimeout(500);
  }
  await shot(tab);
}

page.setDefaultTimeout(20_000);
await page.goto(url);
await page.waitForSelector('.graphiql-execute-button');
await shot('Start');

await page.fill('input[name=email]', email);
await page.fill('input[name=password]', 'wrong-password');
await page.click('#sign-in button');
await page.waitForFunction(() => document.querySelector('#trouble').textContent);
await shot('Refused');
await page.fill('input[name=password]', password);
await page.click('#sign-in button');
await page.waitForSelector('#signed-in:not([hidden])');
await page.waitForSelector('.graphiql-execute-button');

await shot('SignedIn');
await open('SignIn');
const tool = (index, value) =>
  page.evaluate(
    ([index, value]) => {
      const editor = document.querySelectorAll('.graphiql-editor-tool .CodeMirror')[index].CodeMirror;
      if (value) editor.setValue(value);
      return editor.getValue();
    },
    [index, value],
  );
await tool(0, JSON.stringify({ email, password }, null, 2));
await run('SignIn');
await page.waitForTimeout(500);
found.headers = await tool(1);
for (const tab of ['Senders', 'CreateTemplate', 'CreateGroup', 'ImportContacts']) await run(tab);
const ready = ({ data }) => data?.messageTemplate.approval.status === 'APPROVED' && data.node.status === 'COMPLETED';
await run('Ready', ready, 60);
await run('CreateSchedule');

// The window shows the latest event only: what came before a late receipt is seen on the socket.
await open('Watch');
const completed = new Promise((done) => {
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => payload.includes('"MESSAGE_COMPLETED"') && done(JSON.parse(payload))),
  );
});
await page.locator('.graphiql-execute-button').click();
found.tabs.Watch = (await completed).payload;
await page.waitForFunction(() =>
  document.querySelector('.result-window .CodeMirror').CodeMirror.getValue().includes('"messageEvents"'),
);
await shot('Watch');

for (const tab of ['Schedule', 'Contacts', 'Contact', 'EventLog', 'Health']) await run(tab);

await run('Inbox', ({ data }) => data?.conversations.edges.length, 60);
for (const tab of ['Conversation', 'SendMessage', 'SetTyping', 'MarkConversationRead']) await run(tab);

// A subscription that nothing happens to: it is taken, and no error comes.
async function watch(tab) {
  await open(tab);
  const taken = page.waitForEvent('websocket').then((socket) => socket.waitForEvent('framereceived'));
  await page.locator('.graphiql-execute-button').click();
  found.tabs[tab] = JSON.parse((await taken).payload);
}
await watch('WatchConversation');

await open('ConnectNumber');
await tool(0, JSON.stringify({ phoneNumber: number }));
await run('ConnectNumber');
await run('NumberCode', ({ data }) => data?.sender.qrCode, 60);
await page.waitForFunction(() => document.querySelector('#code img').naturalWidth > 200);
found.code = await page.locator('#code').innerText();
await shot('Code');
await page.locator('#code').click();
await watch('WatchSenders');

const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==', 'base64');
await open('AnnounceFile');
await tool(0, JSON.stringify({ name: 'picture.png', sizeBytes: picture.length }));
await run('AnnounceFile');
found.put = (await fetch(found.tabs.AnnounceFile.data.createUpload.url, { method: 'PUT', body: picture })).status;
for (const tab of ['SendFile', 'CreateFullTemplate', 'Pacing', 'HeldSchedules', 'Duplicates', 'MergeContacts'])
  await run(tab);
await open('ChangeSettings');
await tool(0, JSON.stringify({ input: { consent: { optOutReply: null } } }));
await run('ChangeSettings');

const people = Buffer.from('Nombre;Móvil\nLucía Peña;+34612345678\nNadie;12\n');
await open('AnnounceCsv');
await tool(0, JSON.stringify({ name: 'people.csv', sizeBytes: people.length }));
await run('AnnounceCsv');
await fetch(found.tabs.AnnounceCsv.data.createUpload.url, { method: 'PUT', body: people });
for (const tab of ['PreviewImport', 'ImportFile']) await run(tab);
await run('ImportVerdicts', ({ data }) => data?.node?.status === 'COMPLETED', 60);

// Quiet all day but for a minute: so its messages wait, and it is there to be held.
await open('CreateCampaign');
const quiet = JSON.parse(await tool(0));
quiet.quietHours = { start: '00:01', end: '00:00' };
await tool(0, JSON.stringify(quiet));
await run('CreateCampaign');
await run('Preflight', ({ data }) => !data?.campaignPreflight.problems.length, 60);
for (const tab of ['StartCampaign', 'PauseCampaign', 'ResumeCampaign']) await run(tab);
await watch('WatchCampaign');
await run('CampaignResults', ({ data }) => data?.campaign.recipients.edges.length, 60);
await run('UnreadOnceMore');

// Of somebody who is ours to forget.
await open('Contact');
await tool(0, JSON.stringify({ id: found.tabs.MergeContacts.data.mergeContacts.id }));
for (const tab of ['Contact', 'OptOut', 'Label', 'FindByValues', 'VerifyNumber', 'ExportContact']) await run(tab);
await run('ExportReceipt', ({ data }) => data?.node?.status === 'COMPLETED', 60);
await run('EraseContact', ({ data }) => data?.eraseContact.status === 'COMPLETED', 60);

await open('Contact');
await tool(0, JSON.stringify({ id: found.tabs.Contacts.data.contacts.edges[0].node.id }));
for (const tab of ['Contact', 'CreateLead', 'LeadSteps', 'Leads']) await run(tab);
await open('OpenConversation');
const opening = JSON.parse(await tool(0));
opening.input.phoneNumber = caller;
await tool(0, JSON.stringify(opening));
for (const tab of ['OpenConversation', 'ChangeConversation', 'AssignConversation', 'ConversationAsText']) await run(tab);
for (const tab of ['TakeOver', 'HandBack', 'Escalate', 'CloseAndReopen']) await run(tab);
await watch('WatchInbox');

const known = Buffer.from('Opening hours\n\nThe office opens at nine, and closes at five.\n');
await open('AnnounceKnowledge');
await tool(0, JSON.stringify({ name: 'opening-hours.txt', sizeBytes: known.length }));
await run('AnnounceKnowledge');
await fetch(found.tabs.AnnounceKnowledge.data.createUpload.url, { method: 'PUT', body: known });
const { id } = found.tabs.AnnounceKnowledge.data.createUpload.file;
const isRead = ({ node }) => node.id === id && node.indexing.status === 'COMPLETED';
await run('Knowledge', ({ data }) => data?.knowledgeFiles.edges.some(isRead), 60);
await run('AskKnowledge');
// Where the bot answers all others' tests, they would hear it.
await open('ChangeBot');
await tool(0, JSON.stringify({ ...JSON.parse(await tool(0)), botEnabled: false, input: { bot: {} } }));
await run('ChangeBot');

for (const tab of ['Analytics', 'CreateWebhook', 'Webhooks', 'TestWebhook', 'DeleteWebhook']) await run(tab);
for (const tab of ['CreateApiToken', 'Operations']) await run(tab);

await run('CreateTemplate');
await run('Ready', ready, 60);
await open('CreateContact');
const jane = JSON.parse(await tool(0));
jane.input.phoneNumber = colleague;
await tool(0, JSON.stringify(jane));
for (const tab of ['Templates', 'ChangeTemplate', 'CreateContact', 'Groups', 'ChangeGroup']) await run(tab);
await open('CreateSchedule');
await tool(0, JSON.stringify({ ...JSON.parse(await tool(0)), sendAt: '${now+86400s}' }));
for (const tab of ['CreateSchedule', 'CancelSchedule', 'CreateSchedule', 'SendAtOnce']) await run(tab);
for (const tab of ['Campaigns', 'StopCampaign']) await run(tab);
await open('CreateUser');
const ann = JSON.parse(await tool(0));
Object.assign(ann.input, { email: `ann.${Date.now()}@example.com`, password });
await tool(0, JSON.stringify(ann));
for (const tab of ['CreateUser', 'Users', 'WinLead', 'DisconnectNumber', 'ReadSettings']) await run(tab);

await page.locator('.graphiql-sidebar button[aria-label*="Documentation"]').first().click();
await page.waitForSelector('.graphiql-doc-explorer-content');
await shot('Documentation');

console.log(JSON.stringify(found));
await browser.close();
