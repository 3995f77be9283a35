import type { WatchEvent } from '@kubernetes-mesos/storage';
import { isExpiry } from '../../src/legacy/legacy-watch';

const HOUR = 3600;
const at = (time: string): number => Date.parse(`2015-03-04T${time}Z`);

function gone(type: 'DELETED' | 'ADDED', lastTimestamp?: string): WatchEvent {
  const object = {
    kind: 'Event',
    apiVersion: 'v1',
    metadata: { name: 'e', namespace: 'ns', creationTimestamp: '2015-03-04T10:00:00Z' },
    ...(lastTimestamp === undefined ? {} : { lastTimestamp }),
  };
  const stored = { key: { namespace: 'ns', name: 'e' }, revision: 7, object, bytes: Buffer.alloc(0) };
  const event = { type, revision: 7, object: stored };
  return (type === 'DELETED' ? { ...event, previous: stored } : event) as WatchEvent;
}

test.each([
  [gone('DELETED'), HOUR, '11:00:00', true],
  [gone('DELETED'), HOUR, '10:59:59', false],
  [gone('DELETED', '2015-03-04T10:30:00Z'), HOUR, '11:00:00', false],
  [gone('DELETED', '2015-03-04T10:30:00Z'), HOUR, '11:30:00', true],
  [gone('ADDED'), HOUR, '12:00:00', false],
  [gone('DELETED'), undefined, '12:00:00', false],
])('what goes by its time is not told: %#', (event, ttl, now, isOver) => {
  expect(isExpiry(event, ttl, at(now))).toBe(isOver);
});
