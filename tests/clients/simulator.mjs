// Uses the simulator's page as a developer does: node simulator.mjs URL NUMBER FOLDER; prints what it saw.
// The browser reaches nothing but 127.0.0.1. Screenshots go to FOLDER.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [url, number, folder] = process.argv.slice(2);
const browser = await chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), 'chromium-')), {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  viewport: { width: 1280, height: 860 },
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
const found = { elsewhere: [], trouble: [] };
page.on('request', (request) => {
  if (!/^(http:\/\/127\.0\.0\.1|data:)/.test(request.url())) found.elsewhere.push(request.url());
});
page.on('console', (message) => {
  if (message.type() === 'error') found.trouble.push(message.text());
});
page.on('pageerror', (error) => found.trouble.push(String(error)));
page.setDefaultTimeout(20_000);

const shot = (name) => page.screenshot({ path: join(folder, `${name}.png`) });
const entry = (text) => page.locator('#entries li', { hasText: text }).first();

async function writeAs(to, person, text) {
  await page.selectOption('#new select', to);
  await page.fill('#new input', person);
  await page.click('#new button');
  await page.fill('#say input[name=text]', text);
  await page.click('#say button:not([type])');
  await entry(text).waitFor();
}

await page.goto(url);
await page.locator('.session .code img').waitFor();
await page.waitForFunction(() => document.querySelector('.session .code img').naturalWidth > 200);
await shot('code');
await page.click('.session .code');
await page.locator('.session .WORKING').waitFor();

await writeAs(number, '+351 910 000 111', 'Hello, are you open?');
await page.locator('#entries .press button', { hasText: 'Keep' }).click();
await entry('Thank you, Rita').waitFor();
await page.locator('#entries li.mine', { hasText: 'Thank you, Rita' }).locator('.do button', { hasText: '👍' }).click();
await page.locator('#entries li.mine footer', { hasText: '👍' }).waitFor();
await page.click('#picture');
await page.waitForFunction(() => [...document.querySelectorAll('#entries img')].some((each) => each.naturalWidth > 0));
await page.locator('#entries li.theirs', { hasText: 'Hello, are you open?' }).locator('.do button', { hasText: 'Edit' }).click();
await page.fill('#say input[name=text]', 'Hello, are you open today?');
await page.click('#say button:not([type])');
await entry('edited').waitFor();
await page.click('#stop');
await entry('STOP').waitFor();
await page.locator('#entries li.mine footer', { hasText: 'read' }).first().waitFor();
await page.locator('#entries li.theirs footer', { hasText: 'read' }).first().waitFor();
await shot('cloud');

await writeAs('clinic', '+351 910 000 222', 'Ola');
await entry('Ola, Bruno').waitFor();
await page.click('[data-jump="3600"]');
await shot('waha');
found.chats = await page.locator('#chats button').allInnerTexts();
await browser.close();
console.log(JSON.stringify(found));
