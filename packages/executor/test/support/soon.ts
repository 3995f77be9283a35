import { eventually } from '@kubernetes-mesos/test-support';

/** Repeats expectations until they hold. */
export async function soon(expectations: () => void | Promise<void>, deadlineMs = 10_000): Promise<void> {
  await eventually(
    async () => {
      await expectations();
      return true;
    },
    { deadlineMs },
  );
}
