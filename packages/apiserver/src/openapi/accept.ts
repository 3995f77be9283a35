/**
 * Picks the form a client likes best from an `Accept` header: the first of those it rates highest. No header, or any
 * type, is `fallback`; `undefined`: it takes none of them.
 * @param forms by media type
 */
export function chooseForm<T>(accept: string | undefined, forms: ReadonlyMap<string, T>, fallback: T): T | undefined {
  if (accept === undefined || accept.trim() === '') return fallback;
  let best: { readonly form: T; readonly quality: number } | undefined;
  for (const clause of accept.split(',')) {
    const [media = '', ...parameters] = clause.split(';').map((part) => part.trim().toLowerCase());
    const form = media === '*/*' || media === 'application/*' ? fallback : forms.get(media);
    const quality = qualityOf(parameters);
    if (form !== undefined && quality > (best?.quality ?? 0)) best = { form, quality };
  }
  return best?.form;
}

/** Whether an `Accept-Encoding` header allows gzip. */
export function takesGzip(acceptEncoding: string | undefined): boolean {
  return chooseForm(acceptEncoding ?? 'identity', new Map([['gzip', true]]), false) ?? false;
}

function qualityOf(parameters: readonly string[]): number {
  const given = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = given === undefined ? 1 : Number(given.slice(2));
  return Number.isFinite(quality) ? quality : 0;
}
