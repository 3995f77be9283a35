import { Writable } from 'node:stream';

/** One client's way to the input of a container, which outlives the client unless it is for one only (`stdinOnce`). */
export function sharedInput(input: Writable, isOnce: boolean): Writable {
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (input.writable) input.write(chunk, (error) => done(error));
      else done(new Error('the input of the container has ended'));
    },
    destroy: (error, done) => {
      if (isOnce) input.end();
      done(error);
    },
  });
}
