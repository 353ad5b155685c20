import path from 'node:path';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { jsonWriter } from './json-writer.ts';
import { jsonlWriter } from './jsonl-writer.ts';
import { npyWriter } from './npy-writer.ts';
import {
  isReplaceable,
  openDirectSink,
  openFileSink,
  openSpooledSink,
  streamSink,
  type FileSink,
  type Sink,
} from './sink.ts';
import type { VectorWriter } from './vector-writer.ts';

export const VECTOR_FORMATS = ['json', 'jsonl', 'npy'] as const;
export type VectorFormat = (typeof VECTOR_FORMATS)[number];

export interface VectorOutput {
  readonly writer: VectorWriter;
  readonly sink: Sink;
}

/** The format asked for, else the one the file's name tells, else JSON. */
export function vectorFormatOf(
  named: VectorFormat | undefined,
  file: string | undefined,
): VectorFormat {
  const extension = path
    .extname(file ?? '')
    .slice(1)
    .toLowerCase();
  return named ?? VECTOR_FORMATS.find((format) => format === extension) ?? 'json';
}

/** Vectors go to `file`, an absolute path, or to stdout. The caller ends the sink. */
export async function openVectorOutput(
  format: VectorFormat,
  file: string | null,
  stdout: Terminal['stdout'],
): Promise<VectorOutput> {
  if (format === 'npy') {
    if (file === null && stdout.isTTY === true) {
      throw new UsageError('NumPy’s format is binary: add --output FILE, or pipe it.');
    }
    const sink = await openSeekable(file, stdout);
    return { sink, writer: npyWriter(sink) };
  }
  const sink = await openSequential(file, stdout);
  return { sink, writer: format === 'jsonl' ? jsonlWriter(sink) : jsonWriter(sink) };
}

async function openSequential(file: string | null, stdout: Terminal['stdout']): Promise<Sink> {
  if (file === null) return streamSink(stdout);
  return (await isReplaceable(file)) ? openFileSink(file) : openDirectSink(file);
}

async function openSeekable(file: string | null, stdout: Terminal['stdout']): Promise<FileSink> {
  if (file !== null && (await isReplaceable(file))) return openFileSink(file);
  return openSpooledSink(await openSequential(file, stdout));
}
