import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveQuery } from '../../../client/src/live-query.ts';

interface Question {
  readonly query: string;
  readonly signal: AbortSignal;
  answer(value: string): void;
  fail(error: Error): void;
}

/** A query whose answers the test gives by hand. */
function startQuery() {
  const asked: Question[] = [];
  const answers: string[] = [];
  const errors: unknown[] = [];
  const busy: boolean[] = [];
  const query = new LiveQuery<string>({
    ask: (text, signal) =>
      new Promise((answer, fail) => {
        asked.push({ query: text, signal, answer, fail });
      }),
    answered: (_, answer) => answers.push(answer),
    failed: (error) => errors.push(error),
    busy: (isBusy) => busy.push(isBusy),
  });
  return { query, asked, answers, errors, busy };
}

describe('LiveQuery', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('asks once for what is typed in one go', () => {
    const { query, asked } = startQuery();
    for (const text of ['r', 're', 'ret']) query.askAfter(text, 60);
    vi.advanceTimersByTime(59);
    expect(asked).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(asked.map((question) => question.query)).toEqual(['ret']);
  });

  it('drops an answer that comes after a newer question, and tells its server so', async () => {
    const { query, asked, answers } = startQuery();
    query.ask('old');
    query.ask('new');
    asked[0]?.answer('old answer');
    asked[1]?.answer('new answer');
    await vi.advanceTimersByTimeAsync(0);
    expect(answers).toEqual(['new answer']);
    expect(asked[0]?.signal.aborted).toBe(true);
    expect(asked[1]?.signal.aborted).toBe(false);
  });

  it('reports a failure of the newest question only', async () => {
    const { query, asked, errors } = startQuery();
    query.ask('old');
    query.ask('new');
    asked[0]?.fail(new Error('old'));
    asked[1]?.fail(new Error('new'));
    await vi.advanceTimersByTimeAsync(0);
    expect(errors).toEqual([new Error('new')]);
  });

  it('is busy from the question to its answer', async () => {
    const { query, asked, busy } = startQuery();
    query.ask('a');
    asked[0]?.answer('b');
    await vi.advanceTimersByTimeAsync(0);
    expect(busy).toEqual([true, false]);
  });

  it('asks nothing after it was dropped', () => {
    const { query, asked } = startQuery();
    query.askAfter('a', 60);
    query.drop();
    vi.advanceTimersByTime(1000);
    expect(asked).toEqual([]);
  });
});
