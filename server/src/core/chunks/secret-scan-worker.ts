import { parentPort } from 'node:worker_threads';
import { findSecrets, type SecretFinding } from './secret-findings.ts';

/** Texts to check, and the answer: the findings of each, in order. */
export interface ScanRequest {
  readonly id: number;
  readonly texts: readonly string[];
}

export interface ScanAnswer {
  readonly id: number;
  readonly findings: readonly (readonly SecretFinding[])[];
}

parentPort?.on('message', ({ id, texts }: ScanRequest) => {
  void answer(id, texts);
});

async function answer(id: number, texts: readonly string[]): Promise<void> {
  const findings: SecretFinding[][] = [];
  for (const text of texts) findings.push(await findSecrets(text));
  parentPort?.postMessage({ id, findings } satisfies ScanAnswer);
}
