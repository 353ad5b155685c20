import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { CacheAnswer, CacheRequest } from './cache-request.ts';

const PROGRAM = path.join(import.meta.dirname, 'cache-process.ts');

/** A real process with the cache open, which can be killed and begins anew when it is next needed. */
export class ControlledProcess {
  #child: ChildProcess | null = null;
  #directory = '';

  /** For the next request on; a running process closes what it has open. */
  async open(directory: string): Promise<void> {
    this.#directory = directory;
    if (this.#child) await this.#send(this.#child, { kind: 'open', directory });
  }

  async do(request: CacheRequest): Promise<CacheAnswer> {
    return this.#send(await this.#running(), request);
  }

  /** Tells it to do something, and kills it while it does. */
  async killDuring(request: CacheRequest, afterMs: number): Promise<void> {
    const child = await this.#running();
    child.send(request);
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    await this.kill();
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async #running(): Promise<ChildProcess> {
    if (this.#child) return this.#child;
    this.#child = fork(PROGRAM, [], {
      execArgv: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON'],
    });
    await this.#send(this.#child, { kind: 'open', directory: this.#directory });
    return this.#child;
  }

  async #send(child: ChildProcess, request: CacheRequest): Promise<CacheAnswer> {
    child.send(request);
    const [answer] = (await once(child, 'message')) as [CacheAnswer];
    if (answer.error !== undefined) throw new Error(`${request.kind}: ${answer.error}`);
    return answer;
  }
}
