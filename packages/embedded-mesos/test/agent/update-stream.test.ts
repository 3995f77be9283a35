import fc from 'fast-check';
import type { TaskStatus } from '@kubernetes-mesos/mesos';
import {
  acknowledgeUpdate,
  addUpdate,
  NO_UPDATES,
  resendUpdate,
  retryUpdate,
  type TaskUpdates,
} from '../../src/agent/update-stream';

const status = (n: number): TaskStatus => ({
  task_id: { value: 't' },
  state: 'TASK_RUNNING',
  uuid: Buffer.alloc(16, n % 256),
  message: String(n),
});

test('an update is repeated after 10 s, 20 s, 40 s, ... up to 10 min', () => {
  let { updates } = addUpdate(NO_UPDATES, status(1), 0);
  const times: number[] = [];
  for (let now = 0; now < 3_000_000; now += 1000) {
    const step = retryUpdate(updates, now);
    if (step === undefined) continue;
    expect(step.send).toEqual(status(1));
    times.push(now / 1000);
    ({ updates } = step);
  }
  expect(times).toEqual([10, 30, 70, 150, 310, 630, 1230, 1830, 2430]);
});

test('updates arrive in order, one at a time, each until it is acknowledged, whatever happens in between', () => {
  const event = fc.constantFrom('add', 'ack', 'wrong-ack', 'retry', 'resend');
  fc.assert(
    fc.property(fc.array(event, { maxLength: 100 }), (events) => {
      let updates: TaskUpdates = NO_UPDATES;
      let now = 0;
      let added = 0;
      let acknowledged = 0;
      const take = (step: { updates: TaskUpdates; send: TaskStatus | undefined } | undefined): void => {
        if (step === undefined) return;
        ({ updates } = step);
        // Only ever the oldest that is not acknowledged.
        if (step.send !== undefined) expect(step.send).toEqual(status(acknowledged));
      };
      for (const kind of events) {
        now += 30_000;
        if (kind === 'add') take(addUpdate(updates, status(added++), now));
        else if (kind === 'wrong-ack') expect(acknowledgeUpdate(updates, Buffer.alloc(16, 255), now)).toBeUndefined();
        else if (kind === 'retry') take(retryUpdate(updates, now));
        else if (kind === 'resend') take(resendUpdate(updates, now));
        else {
          const head = updates.pending[0];
          const step = head?.uuid === undefined ? undefined : acknowledgeUpdate(updates, head.uuid, now);
          if (step !== undefined) acknowledged += 1;
          take(step);
        }
        expect(updates.pending).toHaveLength(added - acknowledged);
      }
    }),
  );
});
