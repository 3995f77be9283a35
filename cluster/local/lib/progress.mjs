// Steps with their time and a tick, for a person; plain lines when the output is no terminal.
const colour = process.stdout.isTTY && process.env.NO_COLOR === undefined;
const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);

/** What went wrong, for a person: one line of what, further lines of what to do. */
export class StepError extends Error {
  constructor(message, advice = []) {
    super(message);
    this.advice = advice;
  }
}

/** Runs one step and prints it with its time; `action` may answer a remark. */
export async function step(title, action) {
  const begin = performance.now();
  if (process.stdout.isTTY) process.stdout.write(`  … ${title}`);
  try {
    const remark = await action();
    line(paint(32, '✔'), title, begin, remark);
  } catch (error) {
    line(paint(31, '✘'), title, begin);
    throw error;
  }
}

/** Prints a failure and sets the exit code. */
export function fail(error) {
  console.error(`\n${paint(31, 'failed:')} ${error.message}`);
  for (const advice of error.advice ?? []) console.error(`  ${advice}`);
  if (!(error instanceof StepError)) console.error(error.stack);
  process.exitCode = 1;
}

function line(mark, title, begin, remark) {
  const seconds = `${((performance.now() - begin) / 1000).toFixed(1)} s`;
  const clear = process.stdout.isTTY ? '\r\u001b[K' : '';
  console.log(`${clear}  ${mark} ${title.padEnd(34)} ${seconds.padStart(7)}${remark ? `  ${remark}` : ''}`);
}

/** Polls until `probe` answers something truthy; `undefined` after `timeoutMs`. */
export async function waitFor(probe, timeoutMs, intervalMs = 50) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await probe();
    if (answer) return answer;
    if (performance.now() > deadline) return undefined;
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}
