import fc from 'fast-check';
import { OfferBook } from '../src/offers/offer-book';
import {
  decideOfferDemand,
  initialOfferDemand,
  MIN_REVIVE_INTERVAL_MS,
  SUPPRESS_AFTER_MS,
} from '../src/offers/offer-demand';
import { PodQueue } from '../src/queue/pod-queue';
import { makeCatalog, makeDemand, makeOffer, makePod } from './builders';

const book = () => new OfferBook({ ttlMs: 5000, catalog: makeCatalog() });

describe('the offer book', () => {
  test('combines the offers of an agent and hands them over together', () => {
    const held = book();
    held.add(makeOffer('a', { id: { value: '1' } }), 0);
    held.add(makeOffer('a', { id: { value: '2' } }), 10);
    expect(held.agentCount).toBe(1);
    const taken = held.take('a');
    expect(taken?.offers).toHaveLength(2);
    // Two offers of 4 cpus, less one executor.
    expect(taken?.pool.scalar('cpus')).toBe(7750);
    expect(held.offerCount).toBe(0);
  });

  test('gives back each offer when its own time is up, and never after it was used or rescinded', () => {
    const held = book();
    for (const [id, at] of [
      ['1', 0],
      ['2', 100],
      ['3', 200],
      ['4', 300],
    ] as const) {
      held.add(makeOffer(`agent-${id}`, { id: { value: id } }), at);
    }
    held.take('agent-2');
    expect(held.rescind('3')).toBe(true);
    expect(held.rescind('3')).toBe(false);
    expect(held.nextExpiry).toBe(5000);
    expect(held.expire(5250).map(({ offerId }) => offerId)).toEqual(['1']);
    expect(held.expire(6000).map(({ offerId }) => offerId)).toEqual(['4']);
    expect(held.nextExpiry).toBeUndefined();
  });

  test('holds exactly what came and did not go', () => {
    const step = fc.tuple(fc.constantFrom('add', 'rescind', 'take', 'expire'), fc.nat(5), fc.nat(3));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const held = book();
        const model = new Map<string, { agent: string; expiresAt: number }>();
        let now = 0;
        let epoch = 0;
        for (const [what, id, agent] of steps) {
          now += 700;
          const offerId = `O${id}`;
          if (what === 'add' && !model.has(offerId)) {
            held.add(makeOffer(`S${agent}`, { id: { value: offerId } }), now);
            model.set(offerId, { agent: `S${agent}`, expiresAt: now + 5000 });
          } else if (what === 'rescind') {
            expect(held.rescind(offerId)).toBe(model.delete(offerId));
          } else if (what === 'take') {
            held.take(`S${agent}`);
            for (const [key, offer] of model) if (offer.agent === `S${agent}`) model.delete(key);
          } else if (what === 'expire') {
            const due = [...model].filter(([, offer]) => offer.expiresAt <= now).map(([key]) => key);
            expect(
              held
                .expire(now)
                .map((each) => each.offerId)
                .sort(),
            ).toEqual(due.sort());
            for (const key of due) model.delete(key);
          }
          const ids = [...held.agents()].flatMap(({ offers }) => offers.map((offer) => offer.id.value));
          expect(ids.sort()).toEqual([...model.keys()].sort());
          const epochs = [...held.agents()].map((each) => each.epoch);
          expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
          epoch = Math.max(epoch, ...epochs, 0);
        }
      }),
    );
  });
});

describe('offers are wanted', () => {
  test('at once when a pod comes, then at most so often, and no more a while after the last one', () => {
    let state = initialOfferDemand(0);
    const at = (now: number, waiting: number, needsOffers: boolean) => {
      const decision = decideOfferDemand(state, { waiting, needsOffers }, now);
      state = decision.state;
      return decision;
    };
    expect(at(0, 0, false).call).toBeUndefined();
    expect(at(10, 1, true).call).toBe('revive');
    expect(at(20, 1, false).call).toBeUndefined();
    expect(at(30, 2, true)).toMatchObject({ call: undefined, againAt: 10 + MIN_REVIVE_INTERVAL_MS });
    expect(at(10 + MIN_REVIVE_INTERVAL_MS, 2, true).call).toBe('revive');
    expect(at(1000, 0, false)).toMatchObject({ call: undefined, againAt: 1000 + SUPPRESS_AFTER_MS });
    expect(at(1000 + SUPPRESS_AFTER_MS, 0, false).call).toBe('suppress');
    expect(at(5000, 0, false).call).toBeUndefined();
  });
});

describe('the queue', () => {
  const queue = () => new PodQueue({ initialBackoffMs: 1000, maxBackoffMs: 60_000, random: () => 1 });
  const demand = makeDemand(makePod('p'));
  const ready = (pods: PodQueue) => [...pods.ready()].map(({ key }) => key);

  test('is first come, first served', () => {
    const pods = queue();
    for (const name of ['a', 'b', 'c']) pods.add(makeDemand(makePod(name)), 0);
    pods.add(makeDemand(makePod('a')), 5);
    expect(ready(pods)).toEqual(['default/a', 'default/b', 'default/c']);
  });

  test('holds a pod back longer after each failure, until it has run', () => {
    const pods = queue();
    const pauses = Array.from({ length: 8 }, () => pods.addAfterFailure(demand, 0));
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    expect(pods.readyCount).toBe(0);
    expect(pods.nextRelease).toBeLessThanOrEqual(60_000);
    pods.release(60_000);
    expect(ready(pods)).toEqual(['default/p']);
    expect(pods.needsOffers).toBe(true);
    pods.remove(demand.uid);
    pods.forget(demand.uid);
    expect(pods.addAfterFailure(demand, 0)).toBe(1000);
  });

  test('asks for offers once for each pod, and again when it changes or the world does', () => {
    const pods = queue();
    pods.add(demand, 0);
    expect(pods.needsOffers).toBe(true);
    pods.offersAsked();
    pods.add(demand, 1);
    expect(pods.needsOffers).toBe(false);
    pods.add(makeDemand(makePod('p', { spec: { nodeSelector: { a: 'b' } } })), 2);
    expect(pods.needsOffers).toBe(true);
    pods.offersAsked();
    pods.askAgain();
    expect(pods.needsOffers).toBe(true);
    pods.remove(demand.uid);
    expect(pods.needsOffers).toBe(false);
  });
});
