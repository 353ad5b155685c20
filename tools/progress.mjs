import process from 'node:process';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const STILL_EVERY_MS = 20_000;

/**
 * Says what a script is doing, a line a step, each with the seconds since the start. On a terminal
 * the running step counts up in place; elsewhere (CI logs) it says now and then that it still runs.
 */
export function createProgress(stream = process.stdout) {
  const startedAt = Date.now();
  const stamp = () => `${secondsSince(startedAt).padStart(6)} s  `;
  const say = (text) => void stream.write(`${stamp()}${text}\n`);

  return {
    say,
    /** Runs `work` under a label; rethrows what it throws. */
    async during(label, work) {
      const begunAt = Date.now();
      const ended = stream.isTTY
        ? spin(stream, stamp, label)
        : remind(say, label, () => secondsSince(begunAt));
      try {
        const result = await work();
        ended();
        say(`${label}: done in ${secondsSince(begunAt)} s`);
        return result;
      } catch (error) {
        ended();
        say(`${label}: failed after ${secondsSince(begunAt)} s`);
        throw error;
      }
    },
  };
}

function spin(stream, stamp, label) {
  let frame = 0;
  const draw = () =>
    stream.write(`\r\x1b[2K${stamp()}${FRAMES[frame++ % FRAMES.length]} ${label} …`);
  draw();
  const timer = setInterval(draw, 120);
  return () => {
    clearInterval(timer);
    stream.write('\r\x1b[2K');
  };
}

function remind(say, label, seconds) {
  say(`${label} …`);
  const timer = setInterval(() => say(`${label}: still at it, ${seconds()} s`), STILL_EVERY_MS);
  return () => clearInterval(timer);
}

function secondsSince(time) {
  return ((Date.now() - time) / 1000).toFixed(1);
}
