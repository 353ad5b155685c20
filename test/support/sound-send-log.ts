import { openSendLog, type SendLog } from '../../server/src/core/usage/send-log.ts';

/** A send log whose file is to have no problem: one is thrown. The time is now unless given. */
export function openSoundSendLog(file: string, now = () => new Date()): Promise<SendLog> {
  return openSendLog(file, {
    now,
    onProblem: (problem) => {
      throw problem;
    },
  });
}
