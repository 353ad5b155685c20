// Run by `unshare -n`, in a network of its own: takes it down and up, and prints what each provider
// makes of it.
import { execFileSync } from 'node:child_process';
import { failureOf } from '../../../server/src/core/errors.ts';
import { standardTiming } from '../../../server/src/core/providers/remote/timing.ts';
import { CANARY } from '../canary.ts';
import { InstantClock } from '../provider-deps.ts';
import { startProviderServer } from '../provider-server.ts';
import { openOn, REMOTE_KINDS } from '../remote-kinds.ts';

const { signal } = new AbortController();
const ip = (...args: string[]) => execFileSync('ip', args);
const network = {
  up: () => {
    ip('addr', 'replace', '127.0.0.1/8', 'dev', 'lo');
    ip('link', 'set', 'lo', 'up');
  },
  // Without an address there is no way to this computer itself: the kernel says so at once.
  down: () => {
    ip('addr', 'flush', 'dev', 'lo');
    ip('link', 'set', 'lo', 'down');
  },
};

const results = [];
for (const remote of REMOTE_KINDS) {
  network.up();
  const server = await startProviderServer(remote.wire, { apiKey: CANARY });
  let calls = 0;
  const clock = new InstantClock();
  const { document } = await openOn(server, remote, {
    deps: {
      apiKeyOf: () => CANARY,
      fetch: (...args) => {
        calls++;
        return fetch(...args);
      },
    },
    // An open connection only goes silent.
    timing: { clock, deadlineMs: 200, retry: { ...standardTiming.retry, attempts: 6 } },
  });
  const offline: string[] = [];
  const online: string[] = [];
  const tries: number[] = [];
  for (const round of [1, 2]) {
    network.down();
    calls = 0;
    try {
      await document.embed([`text ${round}`], signal);
      offline.push('answered');
    } catch (error) {
      offline.push(failureOf(error).kind);
    }
    tries.push(calls);
    network.up();
    // The breaker rests by now, perhaps.
    clock.nowMs += 120_000;
    const { outcomes } = await document.embed([`text ${round}`], signal);
    online.push(outcomes[0]!.kind);
  }
  results.push({ kind: remote.kind, offline, tries, online });
  await server.close();
}
console.log(JSON.stringify(results));
// Connections that were cut off would keep it waiting.
process.exit();
