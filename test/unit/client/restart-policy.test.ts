import { describe, expect, it } from 'vitest';
import { RestartPolicy } from '../../../client/src/restart-policy.ts';

describe('RestartPolicy', () => {
  it('gives up at the fifth stop within three minutes', () => {
    const policy = new RestartPolicy(() => 0);
    const answers = Array.from({ length: 5 }, () => policy.stopped());
    expect(answers).toEqual(['restart', 'restart', 'restart', 'restart', 'giveUp']);
  });

  it('forgets stops older than three minutes', () => {
    let now = 0;
    const policy = new RestartPolicy(() => now);
    for (let i = 0; i < 4; i++) policy.stopped();
    now = 3 * 60 * 1000 + 1;
    expect(policy.stopped()).toBe('restart');
  });

  it('starts counting again when the user asks for a restart', () => {
    const policy = new RestartPolicy(() => 0);
    for (let i = 0; i < 5; i++) policy.stopped();
    policy.reset();
    expect(policy.stopped()).toBe('restart');
  });
});
