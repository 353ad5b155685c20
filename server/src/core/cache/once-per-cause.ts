import type { OnProblem } from './steady-database.ts';

/** Tells a problem the first time only: one full disk is met by every file in turn. */
export function oncePerCause(tell: OnProblem): OnProblem {
  const told = new Set<string>();
  return (problem) => {
    const cause = problem.kind === 'damagedCache' ? problem.message : problem.kind;
    if (told.has(cause)) return;
    told.add(cause);
    tell(problem);
  };
}
