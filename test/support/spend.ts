// A process that spends from a month's limit until nothing is left: `spend.ts FILE LIMIT`.
import { openSoundSendLog } from './sound-send-log.ts';

const [file = '', limit = ''] = process.argv.slice(2);
const log = await openSoundSendLog(file, () => new Date('2026-01-02T03:04:05Z'));
const facts = {
  host: 'api.openai.com',
  provider: 'openai',
  model: 'm',
  kind: 'texts',
  texts: 1,
  tokens: 1,
  costUsd: 0.7,
  files: [],
} as const;
process.send?.('ready');
await new Promise((resolve) => process.once('message', resolve));
let spent = 0;
while ((await log.begin(facts, Number(limit))) !== null) spent += facts.costUsd;
await log.close();
process.send?.(spent, () => {
  process.disconnect();
});
