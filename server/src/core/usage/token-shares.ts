/**
 * Splits the tokens a request was billed for among its texts, as their estimates weigh: whole
 * numbers whose sum is exactly the total, so that what was paid is what a hit saves.
 */
export function tokenShares(total: number, estimates: readonly number[]): number[] {
  const sum = estimates.reduce((a, b) => a + b, 0);
  let before = 0;
  let given = 0;
  return estimates.map((estimate) => {
    before += estimate;
    const upTo = sum === 0 ? 0 : Math.round((total * before) / sum);
    const share = upTo - given;
    given = upTo;
    return share;
  });
}
