import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { languageOf } from '../../../server/src/core/files/language-of.ts';

export interface JudgedQuery {
  readonly text: string;
  /** Kind of question; empty where the set has none. */
  readonly category: string;
  readonly language: string;
  /** Grade of each text that answers it, by its name: 2 relevant, 1 also acceptable. */
  readonly grades: ReadonlyMap<string, number>;
}

/** Texts, and questions with the texts that answer them. */
export interface JudgedSet {
  readonly kind: 'repository' | 'functions';
  readonly name: string;
  /** Files by path for a repository, single functions by id otherwise. */
  readonly texts: readonly { readonly name: string; readonly text: string }[];
  readonly queries: readonly JudgedQuery[];
}

/** Every set below the folder (format: its README); none where the folder is absent. */
export async function judgedSets(folder: string): Promise<JudgedSet[]> {
  const repositories = await setsIn(path.join(folder, 'repositories'), readRepository);
  const functions = await setsIn(path.join(folder, 'functions'), readFunctions);
  return [...repositories, ...functions];
}

async function setsIn(
  folder: string,
  read: (folder: string, name: string) => Promise<JudgedSet>,
): Promise<JudgedSet[]> {
  if (!existsSync(folder)) return [];
  const names = (await readdir(folder)).filter((name) =>
    existsSync(path.join(folder, name, 'queries.jsonl')),
  );
  return Promise.all(names.sort().map((name) => read(path.join(folder, name), name)));
}

async function readRepository(folder: string, name: string): Promise<JudgedSet> {
  type File = { path: string; text: string };
  const files = await rowsOf<File>(path.join(folder, 'files.jsonl'));
  return {
    kind: 'repository',
    name,
    texts: files.map((file) => ({ name: file.path, text: file.text })),
    queries: await queriesOf(folder, (file) => languageOf(file) ?? ''),
  };
}

async function readFunctions(folder: string, name: string): Promise<JudgedSet> {
  type Item = { id: string; path: string; text: string };
  const items = await rowsOf<Item>(path.join(folder, 'corpus.jsonl'));
  // A pool of several languages says which in place of a path.
  const languages = new Map(items.map((item) => [item.id, item.path]));
  return {
    kind: 'functions',
    name,
    texts: items.map((item) => ({ name: item.id, text: item.text })),
    queries: await queriesOf(folder, (id) => languages.get(id) ?? ''),
  };
}

async function queriesOf(
  folder: string,
  languageOfText: (name: string) => string,
): Promise<JudgedQuery[]> {
  const gradesOf = new Map<string, Map<string, number>>();
  for (const line of await linesOf(path.join(folder, 'qrels.tsv'))) {
    const [query = '', text = '', grade = ''] = line.split('\t');
    // The first line names the columns.
    if (!(Number(grade) > 0)) continue;
    const grades = gradesOf.get(query) ?? new Map<string, number>();
    gradesOf.set(query, grades.set(text, Number(grade)));
  }
  type Query = { id: string; text: string; category?: string };
  const queries = await rowsOf<Query>(path.join(folder, 'queries.jsonl'));
  return queries.map(({ id, text, category = '' }) => {
    const grades = gradesOf.get(id);
    if (!grades) throw new Error(`${folder}: nothing is graded for query ${id}`);
    const [best = ''] = grades.keys();
    return { text, category, language: languageOfText(best), grades };
  });
}

async function rowsOf<T>(file: string): Promise<T[]> {
  return (await linesOf(file)).map((line) => JSON.parse(line) as T);
}

async function linesOf(file: string): Promise<string[]> {
  return (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
}
