import type { TrainingSetting } from '../settings.ts';
import type { Differences, Update } from '../trajectory.ts';

/** A mistake of an optimiser, of a step, or of an evaluation. */
export interface TrainingMistake {
  readonly id: string;
  readonly cause: string;
  readonly fix: string;
  /** Undefined where the setting has nothing of it. */
  differences(setting: TrainingSetting): TrainingDifferences | undefined;
}

/** What both the oracle's trainer and one that the self-test alters can do otherwise. */
export type TrainingDifferences = Pick<
  Differences,
  'update' | 'clip' | 'statistic' | 'order' | 'scores' | 'evaluation'
>;

type Kind = Update['rule']['kind'];

/** Another update of one rule, element by element. */
export const updating = <K extends Kind>(
  kind: K,
  id: string,
  cause: string,
  fix: string,
  each: (call: Update & { readonly rule: Extract<Update['rule'], { kind: K }> }, i: number) => void,
  where: (setting: TrainingSetting) => boolean = () => true,
): TrainingMistake => ({
  id: `${kind}/${id}`,
  cause,
  fix,
  differences: (setting) =>
    setting.optimiser.rule.kind !== kind || !where(setting)
      ? undefined
      : {
          update(call) {
            for (let i = 0; i < call.w.length; i++) each(call as never, i);
          },
        },
});
