import fc from 'fast-check';

/** The same generated cases at every run, so that a new find never fails somebody else's change; KM_FUZZ_SEED looks for others. */
fc.configureGlobal({ seed: Number(process.env['KM_FUZZ_SEED'] ?? 20_150_605) });
