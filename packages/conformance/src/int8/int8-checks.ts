import { type Backend, type Calibration, calibrate, type TensorMap } from '@alexnet/core';
import type { NetworkUnderTest } from '../networks/checks.ts';
import { endOf, judgeEndToEnd } from '../networks/end-to-end.ts';
import { precisionNotDeclared } from '../numerics/precision.ts';
import { opNotDeclared } from '../ops/check.ts';
import type { CheckDefinition } from '../run/check.ts';
import { once } from '../run/once.ts';
import { expectInt8 } from './expect-int8.ts';
import { judgeInt8, nodesJudgedInInt8 } from './judge-int8.ts';

const precision = 'int8' as const;

/**
 * A network in int8: each value on what the program itself read, then the classes and probabilities of a program that returns nothing else.
 * The backend calibrates it in float32, on `calibration`: images other than those that it is judged on, where there are any.
 * Each program is let go by the check that made it. Errors: `invalid-graph`, `invalid-weights`.
 */
export function int8Checks({ variant, weights, images, calibration = [] }: NetworkUnderTest): CheckDefinition[] {
  const { graph } = variant;
  const input = graph.inputs[0]!.name;
  const nodes = nodesJudgedInInt8({ graph, weights });
  const calibrated = once((backend: Backend, signal: AbortSignal): Promise<Calibration> => {
    const samples = calibration.length > 0 ? calibration : images.map(({ tensor }) => tensor);
    return calibrate({ backend, graph, weights, samples: samples.map((tensor) => ({ [input]: tensor })), signal });
  });
  return images.flatMap((image): CheckDefinition[] => {
    const inputs: TensorMap = { [input]: image.tensor };
    const verdicts = once(async (backend: Backend, signal: AbortSignal) => {
      const subject = { backend, graph, weights, inputs, signal };
      const judged = await judgeInt8({ ...subject, calibration: await calibrated(backend, signal) });
      return new Map(judged.map(({ value, ...verdict }) => [value, verdict]));
    });
    const facts = (what: string) => ({
      id: `network/${variant.id}/${image.name}/${what}/${precision}`,
      precision,
      variant: variant.id,
      image: image.name,
    });
    const common: Pick<CheckDefinition, 'suite' | 'notDeclared'> = {
      suite: 'network',
      notDeclared: (capabilities) =>
        precisionNotDeclared(precision, capabilities) ??
        graph.nodes.map(({ op }) => opNotDeclared(op, capabilities)).find((reason) => reason !== undefined),
    };
    const layers = nodes.map(
      ({ name, op }): CheckDefinition => ({
        ...facts(name),
        ...common,
        name: `${name} of ${variant.id} in int8 on ${image.name} is what the oracle computes from what the program read there`,
        why: `a ${op} that rounds, scales or adds otherwise shows here and in no other layer`,
        op,
        layer: name,
        run: async (backend, signal) => (await verdicts(backend, signal)).get(name)!,
      }),
    );
    return [
      ...layers,
      {
        ...facts('end-to-end'),
        ...common,
        name: `${variant.id} in int8 on ${image.name} ends in the classes and probabilities of int8's oracle`,
        why: 'layers that are asked for are not fused with others; here none is but the last',
        async run(backend, signal) {
          const itsCalibration = await calibrated(backend, signal);
          const { logits, probabilities } = endOf(graph);
          const outputs = [probabilities, logits];
          const options = { precision, calibration: itsCalibration, outputs, signal } as const;
          await using program = await backend.compile(graph, weights, options);
          const got = await program.run(inputs, { signal });
          const expected = expectInt8({ graph, weights, calibration: itsCalibration }, inputs);
          return judgeEndToEnd(facts('end-to-end'), graph, expected, got);
        },
      },
    ];
  });
}
