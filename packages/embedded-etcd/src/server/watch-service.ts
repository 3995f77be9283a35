import { etcdserverpb } from '@kubernetes-mesos/protos';
import type { Clock, Timer } from '@kubernetes-mesos/component-base';
import type { Engine } from '../engine';
import { WatchStream } from '../watch/watch-stream';
import { bidirectional, type Method } from './service';

/** Silence after which a watch that asked for it is told the revision; etcd's figure. ms */
const PROGRESS_INTERVAL_MS = 600_000;

export function watchService(engine: Engine, clock: Clock): Method[] {
  return [
    bidirectional('/etcdserverpb.Watch/Watch', etcdserverpb.WatchRequest, (call) => {
      const stream = new WatchStream(engine.hub, engine.headers, { write: (response) => call.write(response) });
      let timer: Timer;
      const schedule = (): void => {
        timer = clock.setTimer(() => {
          stream.notifyProgress();
          schedule();
        }, PROGRESS_INTERVAL_MS);
      };
      const end = (): void => {
        timer.cancel();
        stream.end();
      };
      schedule();
      call.on('data', ({ message }: { readonly message: etcdserverpb.WatchRequest }) => stream.request(message));
      call.on('drain', () => stream.drained());
      call.on('end', () => {
        end();
        call.end();
      });
      call.on('cancelled', end);
      call.on('error', end);
    }),
  ];
}
