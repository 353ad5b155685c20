import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

export interface JudgedQuery {
  readonly text: string;
  readonly category: string;
  /** Path → grade: 2 relevant, 1 also acceptable. */
  readonly grades: ReadonlyMap<string, number>;
}

/** A repository's files with questions and the files that answer them. */
export interface JudgedRepository {
  readonly name: string;
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly queries: readonly JudgedQuery[];
}

/** All sets below a folder (format: its README); none where the folder is absent. */
export async function judgedRepositories(folder: string): Promise<JudgedRepository[]> {
  if (!existsSync(folder)) return [];
  const names = (await readdir(folder)).filter((name) =>
    existsSync(path.join(folder, name, 'queries.jsonl')),
  );
  return Promise.all(names.sort().map((name) => readRepository(path.join(folder, name), name)));
}

async function readRepository(folder: string, name: string): Promise<JudgedRepository> {
  const gradesOf = new Map<string, Map<string, number>>();
  for (const line of await linesOf(path.join(folder, 'qrels.tsv'))) {
    const [query = '', file = '', grade = ''] = line.split('\t');
    // The first line may name the columns.
    if (!(Number(grade) > 0)) continue;
    const grades = gradesOf.get(query) ?? new Map<string, number>();
    gradesOf.set(query, grades.set(file, Number(grade)));
  }
  const queries = (await linesOf(path.join(folder, 'queries.jsonl'))).map(
    (line) => JSON.parse(line) as { id: string; text: string; category: string },
  );
  return {
    name,
    files: (await linesOf(path.join(folder, 'files.jsonl'))).map(
      (line) => JSON.parse(line) as { path: string; text: string },
    ),
    queries: queries.map(({ id, text, category }) => {
      const grades = gradesOf.get(id);
      if (!grades) throw new Error(`${name}: no file is graded for query ${id}`);
      return { text, category, grades };
    }),
  };
}

async function linesOf(file: string): Promise<string[]> {
  return (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
}
