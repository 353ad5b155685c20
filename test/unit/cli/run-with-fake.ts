import { Readable, Writable } from 'node:stream';
import { runCli } from '../../../server/src/frontends/cli/run-cli.ts';
import { FakeCore } from './fake-core.ts';
import { MODEL_FILE, MODEL_PROCESS } from '../../support/provider-deps.ts';

interface Setting {
  readonly core?: FakeCore;
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly stdin?: string | Buffer | readonly Buffer[];
  /** What a person at a terminal types; without it there is no terminal. */
  readonly answers?: string;
  readonly signal?: AbortSignal;
  readonly stdout?: Writable & { isTTY?: boolean };
}

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly bytes: Buffer;
  readonly stderr: string;
  readonly core: FakeCore;
}

/** Runs a command line of the CLI on a fake core. */
export async function runWithFake(args: readonly string[], setting: Setting = {}): Promise<Ended> {
  const core = setting.core ?? new FakeCore();
  const [out, err] = [collector(), collector()];
  const asked = setting.answers !== undefined;
  const stdin = Readable.from(partsOf(setting.answers ?? setting.stdin ?? ''));
  const exitCode = await runCli(args, {
    terminal: {
      stdin: Object.assign(stdin, { isTTY: asked }),
      stdout: setting.stdout ?? out.stream,
      stderr: Object.assign(err.stream, { isTTY: asked }),
      env: { EMBEDDINGCACHE_DIR: '/nowhere/cache', ...setting.env },
      cwd: setting.cwd ?? import.meta.dirname,
    },
    signal: setting.signal ?? new AbortController().signal,
    version: '1.2.3',
    modelFile: MODEL_FILE,
    modelProcess: MODEL_PROCESS,
    structureWorker: '/nowhere/structure-worker.js',
    secretScanWorker: '/nowhere/secret-scan-worker.js',
    fetch: () => Promise.reject(new Error('the CLI itself makes no request')),
    now: () => 0,
    createCore: (config, deps) => {
      core.opened = { config, deps };
      return Promise.resolve(core);
    },
  });
  const bytes = Buffer.concat(out.parts);
  const stderr = Buffer.concat(err.parts).toString();
  return { exitCode, stdout: bytes.toString(), bytes, stderr, core };
}

function collector(): { stream: Writable; parts: Buffer[] } {
  const parts: Buffer[] = [];
  const stream = new Writable({
    write(part: Buffer, _encoding, done) {
      parts.push(part);
      done();
    },
  });
  return { stream, parts };
}

function partsOf(stdin: string | Buffer | readonly Buffer[]): readonly Buffer[] {
  return Array.isArray(stdin) ? (stdin as readonly Buffer[]) : [Buffer.from(stdin as string)];
}
