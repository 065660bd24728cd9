import { type Precision, storeWeight } from '@alexnet/core';
import { layersStage, type NetworkUnderTest } from '../networks/checks.ts';
import { createOracleCache, type OracleCache } from '../networks/oracle.ts';
import { storedPrecisions } from '../numerics/precision.ts';
import type { OpCase } from '../ops/case.ts';
import { opCases } from '../ops/index.ts';
import { runCheck } from '../run/run-check.ts';
import { type Alteration, alteredBackend } from './altered-backend.ts';
import { aroundCase, everyOp } from './blame-network.ts';
import type { Fault } from './faults/fault.ts';

/** Which layer was made wrong, and which layers failed: they must be the same. */
export interface Blame {
  readonly network: string;
  readonly layer: string;
  readonly failed: readonly string[];
}

const oracle = createOracleCache();

/** Makes one layer of a network wrong and asks which layers fail. The network with every op first; where the fault does not show in it, its own case. */
export async function blame(fault: Fault, signal?: AbortSignal): Promise<Blame> {
  const precision = precisionOf(fault);
  const layers = everyOp.variant.graph.nodes.filter(({ op }) => op === fault.op).map(({ name }) => name);
  for (const layer of layers) {
    const failed = await failedLayers(everyOp, precision, onlyAt(fault, everyOp, layer), oracle, signal);
    if (failed.length > 0) return { network: everyOp.variant.id, layer, failed };
  }
  const { network, target } = aroundCase(caseOf(fault));
  const failed = await failedLayers(network, precision, onlyAt(fault, network, target), createOracleCache(), signal);
  return { network: network.variant.id, layer: target, failed };
}

/** The case of the check that must catch a fault. */
export function caseOf({ caughtBy }: Fault): OpCase {
  return opCases.find(({ id }) => id === caughtBy)!;
}

function precisionOf({ caughtBy }: Pick<Fault, 'caughtBy'>): Precision {
  return storedPrecisions.find((precision) => caughtBy.endsWith(`/${precision}`)) ?? 'f32';
}

/** The fault in one layer of a network only. */
function onlyAt({ alteration, ...fault }: Fault, { variant, weights }: NetworkUnderTest, layer: string): Alteration {
  const { node: change, stored } = alteration;
  const target = variant.graph.nodes.find(({ name }) => name === layer)!;
  if (stored === undefined || target.op !== 'linear') {
    return { node: (call) => (call.node.name === layer ? change?.(call) : undefined) };
  }
  // other layers may read the same weight, so it is changed where it is read
  const given = weights.get(target.weight)!;
  const wrong = stored(storeWeight(given, precisionOf(fault), target.weight), given, target.weight);
  return {
    node: ({ node, weights: all, evaluate }) =>
      node.name === layer ? evaluate({ weights: new Map([...all, [target.weight, wrong]]) }) : undefined,
  };
}

async function failedLayers(
  network: NetworkUnderTest,
  precision: Precision,
  alteration: Alteration,
  { expect }: OracleCache,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const options = signal === undefined ? { precision } : { precision, signal };
  const { checks, end } = layersStage(network, await expect(network, options), precision, { diagnoses: false });
  const backend = alteredBackend({ ...alteration, inexact: true });
  const failed = [];
  for (const definition of checks) {
    const { check } = await runCheck(definition, {
      backend,
      skips: () => undefined,
      timeLimitMs: 60_000,
      signal,
      giveUp: false,
    });
    if (check.status === 'failed') failed.push(check.layer!);
  }
  await end();
  return failed;
}
