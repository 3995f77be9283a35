import type { Parameter } from './parameters';

const query = (name: string, type: Parameter['type'], description: string): Parameter => ({
  name,
  in: 'query',
  type,
  description,
});

const CONTAINER = query('container', 'string', 'Which container; the only one when absent.');
const STREAMS = [
  CONTAINER,
  query('stderr', 'boolean', 'Whether standard error is sent.'),
  query('stdin', 'boolean', 'Whether standard input is taken.'),
  query('stdout', 'boolean', 'Whether standard output is sent.'),
  query('tty', 'boolean', 'Whether the three are a terminal.'),
];

/** What subresources that are no objects are asked with, by `plural/name`. */
export const SUBRESOURCE_PARAMETERS: Readonly<Record<string, readonly Parameter[]>> = {
  'pods/attach': STREAMS,
  'pods/exec': [query('command', 'string', 'The program; given again for each of its arguments.'), ...STREAMS],
  'pods/portforward': [query('ports', 'integer', 'A port; given again for others.')],
  'pods/log': [
    CONTAINER,
    query('follow', 'boolean', 'Goes on with what is written from now on.'),
    query('limitBytes', 'integer', 'How many bytes to answer at most.'),
    query('previous', 'boolean', 'Of the container that ran before this one.'),
    query('sinceSeconds', 'integer', 'Only what is newer than so many seconds. Not together with sinceTime.'),
    query('sinceTime', 'string', 'Only what is newer than this time, in RFC 3339.'),
    query('tailLines', 'integer', 'Only so many last lines.'),
    query('timestamps', 'boolean', 'Begins each line with its time.'),
  ],
};
