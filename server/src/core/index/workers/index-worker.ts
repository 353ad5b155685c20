import { parentPort, workerData } from 'node:worker_threads';
import { createChunker } from '../../chunks/create-chunker.ts';
import { Failure } from '../../errors.ts';
import { EmbeddedProvider } from '../../providers/embedded.ts';
import type { VectorForm } from '../../vectors/vector-form.ts';
import type { Job, JobResults, WorkerAnswer, WorkerSetup } from './jobs.ts';

// The entry of a worker thread: does one job after another, each sent when the last is answered.
const { grammarsFolder, modelFile } = workerData as WorkerSetup;
const chunker = createChunker(grammarsFolder);
/** By the form of vectors: normally there is one. */
const models = new Map<string, EmbeddedProvider>();
// Nothing reaches a running job; who no longer wants its result does not wait for it.
const { signal } = new AbortController();

parentPort?.on('message', (job: Job) => {
  void answerTo(job).then((answer) => parentPort?.postMessage(answer));
});

async function answerTo(job: Job): Promise<WorkerAnswer> {
  try {
    return { kind: 'done', result: await resultOf(job) };
  } catch (error) {
    const failure = error instanceof Failure ? error.kind : 'internal';
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', failure, message };
  }
}

function modelFor(form: VectorForm): EmbeddedProvider {
  const key = JSON.stringify(form);
  const model = models.get(key) ?? new EmbeddedProvider(modelFile, form);
  models.set(key, model);
  return model;
}

function resultOf(job: Job): Promise<JobResults[Job['kind']]> {
  switch (job.kind) {
    case 'chunk':
      return chunker.chunk(job.path, job.text);
    case 'embed':
      return modelFor(job.form).embed(job.texts, signal);
  }
}
