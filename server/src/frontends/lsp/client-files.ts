import type { Connection } from 'vscode-languageserver/node';
import { z } from 'zod';
import type { ClientRequests, FolderContent, ReadFile } from '../../../protocol/workspace-files.ts';
import type { ClientFiles } from '../../core/files/client-source.ts';

// A name with a slash, or one that leads up, would make the client's answer another file's.
const name = z.string().refine((text) => text !== '' && !/[/\\]|^\.\.?$/.test(text));
const contents: z.ZodType<(FolderContent | null)[]> = z.array(
  z
    .object({
      files: z.array(z.object({ name, size: z.number(), mtime: z.number() })),
      folders: z.array(name),
    })
    .nullable(),
);
const reads: z.ZodType<ReadFile[]> = z.array(
  z.union([
    z.object({ kind: z.literal('bytes'), base64: z.string() }),
    z.object({ kind: z.enum(['tooLarge', 'unreadable', 'missing']) }),
  ]),
);

/** Reads the client's file systems by requests to the client. */
export function clientFiles(connection: Connection): ClientFiles {
  const ask = <M extends keyof ClientRequests>(method: M, params: ClientRequests[M][0]) =>
    connection.sendRequest(method, params);
  return {
    async list(folder, paths) {
      const answer = contents.parse(await ask('workspaceFiles/list', { folder, paths }));
      return answer.map(
        (content) =>
          content && {
            folders: content.folders,
            files: content.files.map(({ mtime, ...file }) => ({ ...file, mtimeMs: mtime })),
          },
      );
    },
    async read(folder, paths, maxBytes) {
      const answer = reads.parse(await ask('workspaceFiles/read', { folder, paths, maxBytes }));
      return paths.map((_, i) => {
        const read = answer[i] ?? { kind: 'unreadable' };
        if (read.kind !== 'bytes') return read;
        const bytes = Buffer.from(read.base64, 'base64');
        return bytes.length > maxBytes ? { kind: 'tooLarge' } : { kind: 'bytes', bytes };
      });
    },
  };
}
