import { parentPort, workerData } from 'node:worker_threads';
import { createChunker } from '../../chunks/create-chunker.ts';
import { Failure } from '../../errors.ts';
import { EmbeddedProvider } from '../../providers/embedded.ts';
import type { VectorForm } from '../../vectors/vector-form.ts';
import { readyChunker } from '../ready-chunk.ts';
import type { Job, JobResults, WorkerAnswer, WorkerSetup } from './jobs.ts';
import { packAnswer } from './packed-answer.ts';

// The entry of a worker thread: does one job after another, each sent when the last is answered.
const { grammarsFolder, modelFile } = workerData as WorkerSetup;
const chunker = readyChunker(createChunker(grammarsFolder));
/** By the form of vectors: normally there is one. */
const models = new Map<string, EmbeddedProvider>();
// Nothing reaches a running job; who no longer wants its result does not wait for it.
const { signal } = new AbortController();

parentPort?.on('message', (job: Job) => {
  void answerTo(job).then(({ answer, moved }) => parentPort?.postMessage(answer, moved));
});

interface Reply {
  readonly answer: WorkerAnswer;
  /** Buffers in it that change hands, instead of being copied. */
  readonly moved: ArrayBuffer[];
}

async function answerTo(job: Job): Promise<Reply> {
  try {
    const { result, moved } = await resultOf(job);
    return { answer: { kind: 'done', result }, moved };
  } catch (error) {
    const failure = error instanceof Failure ? error.kind : 'internal';
    const message = error instanceof Error ? error.message : String(error);
    return { answer: { kind: 'failed', failure, message }, moved: [] };
  }
}

function modelFor(form: VectorForm): EmbeddedProvider {
  const key = JSON.stringify(form);
  const model = models.get(key) ?? new EmbeddedProvider(modelFile, form);
  models.set(key, model);
  return model;
}

async function resultOf(
  job: Job,
): Promise<{ result: JobResults[Job['kind']]; moved: ArrayBuffer[] }> {
  switch (job.kind) {
    case 'chunk':
      return { result: await chunker.chunk(job.path, job.text), moved: [] };
    case 'embed': {
      const embedded = await modelFor(job.form).embed(job.texts, signal);
      const { answer, buffer } = packAnswer(embedded);
      return { result: answer, moved: [buffer] };
    }
  }
}
