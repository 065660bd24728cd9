import type { Cause, Diagnosis } from '../diagnosis/diagnosis.ts';
import { distance, type ExpectedTraining } from './expect.ts';
import { trainingMistakes } from './mistakes/index.ts';
import type { TrainingSetting } from './settings.ts';
import { type Trajectory, trajectory } from './trajectory.ts';

const MOST_ALTERNATIVES = 3;
/** Of the distance between what was got and what should be, a mistake that explains it leaves no more. */
const LEFT = 0.05;

/** The mistake whose training ends where the backend's did. Each takes a training in float64, a tenth of a second. */
export function trainingDiagnosis(setting: TrainingSetting, expected: ExpectedTraining, got: Trajectory): Diagnosis {
  const views = [whole, early, withoutEvaluation].map((view) => ({
    view,
    far: farness(view(expected), expected, got),
  }));
  const explained = trainingMistakes.flatMap(({ id, cause, fix, differences }) => {
    const changes = differences(setting);
    if (changes === undefined) return [];
    const mistaken = trajectory(setting, changes);
    const left = Math.min(
      ...views.map(({ view, far }) =>
        view === whole || far > FAR ? share(farness(view(mistaken), expected, got), far) : Number.POSITIVE_INFINITY,
      ),
    );
    return left < LEFT ? [{ left, cause: { id: `training/${id}`, cause, fix } satisfies Cause }] : [];
  });
  const [first, ...others] = explained.toSorted((a, b) => a.left - b.left).map(({ cause }) => cause);
  const alternatives = others.slice(0, MOST_ALTERNATIVES);
  if (first !== undefined) return { cause: first, alternatives };
  return { alternatives, pattern: patternOf(setting, expected, got) };
}

/* What a mistake may explain: all that is wrong, or a part that is far off. */

const whole = (all: Trajectory) => all;
/** Of a training and an evaluation that are both wrong, the training. */
const withoutEvaluation = (all: Trajectory): Trajectory => ({ ...all, evaluated: new Float64Array() });
/** What comes before a training that has gone astray parts from others that have: its first losses. */
const early = ({ losses }: Trajectory): Trajectory => ({
  losses: losses.slice(0, EARLY),
  scores: [],
  weights: new Map(),
  evaluated: new Float64Array(),
});
const EARLY = 3;
/** From so many bands on, a part tells mistakes apart. */
const FAR = 100;

/** A training that has left the numbers explains nothing. */
const share = (left: number, far: number) => (Number.isFinite(left / far) ? left / far : Number.POSITIVE_INFINITY);

/** The root of the summed squared distances, each in units of its band. */
function farness({ losses, scores, weights, evaluated }: Trajectory, bands: ExpectedTraining, got: Trajectory): number {
  let sum = 0;
  const add = (found: Float64Array | undefined, wanted: Float64Array, band: number) => {
    if (found?.length === wanted.length && band > 0) sum += (distance(found, wanted) / band) ** 2;
  };
  for (const [step, loss] of losses.entries()) sum += ((got.losses[step]! - loss) / bands.lossBand[step]!) ** 2;
  for (const [step, logits] of scores.entries()) add(got.scores[step], logits, bands.scoreBand[step]!);
  for (const [name, w] of weights) add(got.weights.get(name), w, bands.weightBand.get(name)!);
  add(got.evaluated, evaluated, bands.evaluatedBand);
  return Math.sqrt(sum);
}

/** Where it goes wrong first. */
function patternOf({ training }: TrainingSetting, expected: ExpectedTraining, got: Trajectory): string {
  const first = expected.losses.findIndex(
    (loss, step) => !(Math.abs(got.losses[step]! - loss) <= expected.lossBand[step]!),
  );
  const wrong = training.parameters
    .map(({ name }) => name)
    .filter(
      (name) => !(distance(got.weights.get(name) ?? [], expected.weights.get(name)!) <= expected.weightBand.get(name)!),
    );
  const weights = wrong.length === training.parameters.length ? 'all parameters' : wrong.join(', ');
  const evaluation =
    distance(got.evaluated, expected.evaluated) <= expected.evaluatedBand ? '' : 'what it evaluates unseen images to';
  const atTheEnd = [weights, evaluation].filter((each) => each !== '').join(', ');
  const shown = expected.scores.findIndex(
    (logits, step) => !(distance(got.scores[step] ?? [], logits) <= expected.scoreBand[step]!),
  );
  const where =
    first === 0
      ? 'the first loss is wrong already: look at the checks of gradients'
      : first === 1
        ? 'the first loss is right, the second is not: gradients or the update are wrong'
        : first < 0
          ? `all losses are right${shown < 0 ? '' : `, the scores of step ${shown} are not`}`
          : `the losses before step ${first} are right`;
  return `No known mistake explains it: ${where}; wrong at the end: ${atTheEnd || 'nothing'}`;
}
