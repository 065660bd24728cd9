import { beforeAll, describe, expect, it } from 'vitest';
import type { Availability, Backend, Download, Program } from '../backend/backend.ts';
import { AlexNetError } from '../error.ts';
import type { TensorMap } from '../tensor.ts';
import { weightsAsStored } from '../weights/stored/as-stored.ts';
import type { Finding } from './choice.ts';
import { type ExamineOptions, examineBackends } from './examine-backends.ts';
import type { Requirements } from './requirements.ts';
import { type Fake, type FakeOptions, type Fault, fake, fakeClock } from './testing/fakes.ts';
import { bfloat16, exchanged, halfPrecision, nodes, parameter } from './testing/faults.ts';
import { tiny } from './testing/tiny-workload.ts';

const clock = fakeClock();
const options: ExamineOptions = {
  workload: tiny,
  secondsPerBackend: 1,
  secondsToTime: 0.05,
  now: clock.now,
  today: () => new Date(0),
};
const asStored: Fault = (graph, weights) => ({
  graph,
  weights: weightsAsStored(graph, weights, 'q8'),
});
const slow = () => fake('slow', { clock, ms: 5 });
const never = <T>() => new Promise<T>(() => {});
const abortSoon = <T>(abort: () => void) => {
  setTimeout(abort, 10);
  return never<T>();
};

/** What is found out of many providers beside a good one, which must be chosen all the same. */
function besideGood(rows: readonly { readonly why: string; readonly does: FakeOptions }[], secondsPerBackend: number) {
  const bad = rows.map(({ why, does }) => fake(why, { clock, ms: 1, ...does }));
  const good = fake('good', { clock, ms: 2 });
  const findings = new Map<string, Finding>();
  beforeAll(async () => {
    const examination = await examineBackends([...bad, good], {}, { ...options, secondsPerBackend });
    for (const finding of examination.findings) findings.set(finding.backend, finding);
    expect(examination).toMatchObject({ chosen: 'good' });
    expect(examination).not.toHaveProperty('runnerUp');
  });
  it('and the good one beside them is chosen, and nothing is left of any', () => {
    expect(findings.get('good')).toMatchObject({ status: 'ok', lacks: [] });
    expect([...bad, good].filter(({ counts }) => counts.left > 0).map(({ id }) => id)).toEqual([]);
  });
  return (why: string): Finding => findings.get(why)!;
}

/** What is found out of one provider that is not suitable beside a good one, which must be chosen all the same. */
async function besideSuitable(bad: Fake, requirements: Requirements = {}): Promise<Finding> {
  const fault = requirements.precision === 'q8' ? { fault: asStored } : {};
  const good = fake('good', {
    clock,
    ms: 2,
    download: download(3),
    capabilities: { precisions: ['f32', 'q8'] },
    ...fault,
  });
  const { chosen, findings } = await examineBackends([bad, good], requirements, options);
  expect(chosen).toBe('good');
  expect(findings.map(({ backend }) => backend)).toEqual([bad.id, 'good']);
  expect(findings[1]).toMatchObject({ status: 'ok', lacks: [] });
  expect([bad.counts.left, good.counts.left]).toEqual([0, 0]);
  return findings[0]!;
}

function download(megabytes: number): Download {
  return { files: ['engine/engine.wasm'], bytes: 3e6 * megabytes, gzipBytes: 1e6 * megabytes };
}

/** Spoils one value of what a run gives. */
const spoilt =
  (name: string, from: number, change: (values: Float32Array) => void): NonNullable<FakeOptions['onRun']> =>
  (outputs, run) => {
    if (run >= from && outputs[name] !== undefined) change(outputs[name].data);
    return outputs;
  };

describe('of backends that are right', () => {
  it('chooses the fastest, says why, and what would be next', async () => {
    const providers = [slow(), fake('fast', { clock, ms: 2 }), fake('slowest', { clock, ms: 9 })];
    const examination = await examineBackends(providers, {}, options);
    expect(examination).toMatchObject({
      chosen: 'fast',
      runnerUp: 'slow',
      measuredAt: '1970-01-01T00:00:00.000Z',
      cached: false,
    });
    expect(examination.reasons.join(' ')).toMatch(
      /fast is right.*narrow BVLC AlexNet.*fastest of 3: 2\.00 ms \(2\.00 ms to 2\.00 ms\).*a tiny network.*slow takes 5\.00 ms, 2\.5 times/,
    );
    expect(examination.findings.map(({ status, speed }) => [status, speed?.p50Ms])).toEqual([
      ['ok', 5],
      ['ok', 2],
      ['ok', 9],
    ]);
    expect(providers.map(({ counts }) => counts.left)).toEqual([0, 0, 0]);
  });

  it('is plain data', async () => {
    const examination = await examineBackends(
      [slow(), fake('broken', { create: never })],
      {},
      { ...options, secondsPerBackend: 0.2 },
    );
    expect(JSON.parse(JSON.stringify(examination))).toEqual(examination);
  });

  it('compares every stage, and says how close it is', async () => {
    const [finding] = (await examineBackends([slow()], {}, options)).findings;
    const names = finding!.correctness!.layers.map(({ name }) => name);
    expect(names).toEqual(
      'relu1 norm1 pool1 relu2 norm2 pool2 relu3 relu4 relu5 pool5 relu6 relu7 fc8 prob'.split(' '),
    );
    expect(finding!.evidence.join(' ')).toMatch(/All 14 stages of a narrow BVLC AlexNet agree/);
  });

  it('warns of what holds one back, with what to do, and may choose it', async () => {
    const reason = 'One thread: the page is not cross-origin isolated.';
    const environment = { notes: [reason], hindrances: [{ reason, fix: 'Send the headers.' }] };
    const { chosen, findings } = await examineBackends([fake('hindered', { clock, environment })], {}, options);
    expect(chosen).toBe('hindered');
    expect(findings[0]).toMatchObject({ status: 'warn', lacks: [], prescriptions: ['Send the headers.'] });
    expect(findings[0]!.evidence).toContain(reason);
  });

  it('takes no time from one that others need', async () => {
    const waits = (id: string) =>
      fake(id, { onRun: (outputs) => new Promise((resolve) => setTimeout(() => resolve(outputs), 400)) });
    const real = { ...options, now: () => performance.now(), secondsPerBackend: 4 };
    const { findings } = await examineBackends([waits('a'), waits('b'), waits('c')], {}, real);
    expect(findings.map(({ lacks }) => lacks)).toEqual([[], [], []]);
  });

  it('asks for the threads that were asked for', async () => {
    const provider = slow();
    await examineBackends([provider], {}, { ...options, threads: 3 });
    expect(provider.asked).toEqual([3]);
  });

  it('says how far it is', async () => {
    const steps: string[] = [];
    await examineBackends(
      [slow()],
      {},
      { ...options, onProgress: (step, done, total) => steps.push(`${step} ${done}/${total}`) },
    );
    expect(steps.slice(0, 3)).toEqual([
      'looks what is here 0/1',
      'checks slow 0/1',
      expect.stringMatching(/^times slow: round 1/),
    ]);
  });
});

const wrongNetworks: readonly { readonly why: string; readonly fault: Fault; readonly says: RegExp }[] = [
  {
    why: 'alpha of LRN not divided by its size',
    fault: nodes('lrn', ({ alpha, size }) => ({ alpha: alpha * size })),
    says: /norm1/,
  },
  {
    why: 'alpha of LRN off by a hundredth',
    fault: nodes('lrn', ({ alpha }) => ({ alpha: alpha * 1.01 })),
    says: /norm1/,
  },
  { why: 'k of LRN 2, as in the paper', fault: nodes('lrn', () => ({ bias: 2 })), says: /norm1/ },
  { why: 'a window of LRN of 3 channels', fault: nodes('lrn', () => ({ size: 3 })), says: /norm1/ },
  { why: 'no LRN', fault: nodes('lrn', () => ({ beta: 0 })), says: /norm1/ },
  { why: 'the groups of conv2 exchanged', fault: parameter('conv2.weight', exchanged), says: /relu2/ },
  { why: 'the groups of conv5 exchanged', fault: parameter('conv5.weight', exchanged), says: /relu5/ },
  { why: 'no bias in conv1', fault: parameter('conv1.bias', ({ data }) => data.map(() => 0)), says: /relu1/ },
  { why: 'no bias in fc8', fault: parameter('fc8.bias', ({ data }) => data.map(() => 0)), says: /fc8/ },
  { why: 'weights of conv3 in bfloat16', fault: parameter('conv3.weight', bfloat16), says: /relu3/ },
  { why: 'weights of fc6 in half precision', fault: parameter('fc6.weight', halfPrecision), says: /relu6/ },
];

describe('a backend that computes another network fails, and the first wrong stage is named', () => {
  const found = besideGood(
    wrongNetworks.map(({ why, fault }) => ({ why, does: { fault } })),
    20,
  );
  it.each(wrongNetworks)('$why', ({ why, says }) => {
    const finding = found(why);
    expect(finding).toMatchObject({ status: 'fail', correctness: { passed: false } });
    expect(finding.lacks.join()).toMatch(says);
    expect(finding.lacks.join()).toMatch(/of a narrow BVLC AlexNet is off by .* where .* is allowed/);
    expect(finding).not.toHaveProperty('speed');
  });
});

const wrongResults: readonly { readonly why: string; readonly does: FakeOptions; readonly says: RegExp }[] = [
  {
    why: 'NaN',
    does: { onRun: spoilt('pool5', 1, (v) => (v[7] = Number.NaN)) },
    says: /pool5 of a narrow BVLC AlexNet is missing/,
  },
  {
    why: 'another shape',
    does: { onRun: (o) => ({ ...o, fc8: { shape: [10, 1], data: o['fc8']?.data ?? new Float32Array() } }) },
    says: /fc8/,
  },
  { why: 'nothing', does: { onRun: () => ({}) }, says: /relu1/ },
  { why: 'no object', does: { onRun: () => undefined as unknown as TensorMap }, says: /undefined/ },
  {
    why: 'one value of 2304 off by 1 %',
    does: { onRun: spoilt('pool2', 1, (v) => (v[v.indexOf(Math.max(...v))]! *= 1.01)) },
    says: /pool2/,
  },
  {
    why: 'wrong numbers at the first run only',
    does: { onRun: (outputs, run) => (run === 1 ? spoilt('norm2', 1, (v) => v.reverse())(outputs, run) : outputs) },
    says: /norm2 of a narrow/,
  },
  {
    why: 'wrong numbers at the second run',
    does: { onRun: spoilt('norm2', 2, (v) => v.reverse()), capabilities: { deterministic: false } },
    says: /norm2 of a narrow/,
  },
  {
    why: 'other bits at the second run, though it declares the same',
    does: { onRun: spoilt('norm2', 2, (v) => (v[v.indexOf(Math.max(...v))]! *= 1 + 2 ** -22)) },
    says: /norm2 differ/,
  },
  {
    why: 'wrong numbers in the timed network only',
    does: { onRun: spoilt('prob', 3, (v) => v.reverse()) },
    says: /a tiny network/,
  },
  {
    why: 'wrong numbers while it is timed',
    does: { onRun: spoilt('prob', 12, (v) => v.reverse()) },
    says: /a tiny network/,
  },
];

describe('a backend whose results are wrong fails', () => {
  const found = besideGood(wrongResults, 20);
  it.each(wrongResults)('$why', ({ why, says }) => {
    expect(found(why).status).toBe('fail');
    expect(found(why).lacks.join()).toMatch(says);
  });
});

const lost = new AlexNetError({ code: 'device-lost', message: 'The device was lost', fix: 'Compile again.' });
const rejects = async <T>(error: unknown = new Error('no such device')): Promise<T> => {
  throw error;
};

const broken: readonly { readonly why: string; readonly does: FakeOptions; readonly says: RegExp }[] = [
  {
    why: 'its probe throws',
    does: { probe: () => rejects() },
    says: /probe failed, which no probe may: no such device/,
  },
  {
    why: 'its probe throws at once',
    does: {
      probe: () => {
        throw new Error('at once');
      },
    },
    says: /at once/,
  },
  { why: 'its probe hangs', does: { probe: never }, says: /time of 0\.3 s was over in its probe/ },
  {
    why: 'its probe says nothing',
    does: { probe: async () => undefined as unknown as Availability },
    says: /says nothing of availability/,
  },
  {
    why: 'its probe lies',
    does: { create: () => rejects() },
    says: /probe says that it is available, but it cannot be created: no such device/,
  },
  { why: 'it hangs when it is created', does: { create: never }, says: /over in create/ },
  {
    why: 'it creates nothing',
    does: { create: async () => undefined as unknown as Backend },
    says: /cannot be created/,
  },
  {
    why: 'it does not compile',
    does: { compile: () => rejects(new Error('no kernel')) },
    says: /It failed: no kernel/,
  },
  { why: 'it hangs when it compiles', does: { compile: never }, says: /over in compiling a narrow BVLC AlexNet/ },
  { why: 'it compiles nothing', does: { compile: async () => undefined as unknown as Program }, says: /It failed/ },
  { why: 'it hangs when it runs', does: { onRun: never }, says: /over in running a narrow BVLC AlexNet/ },
  {
    why: 'it throws what is no error',
    does: { onRun: () => rejects('out of luck') },
    says: /It failed: out of luck/,
  },
  { why: 'it hangs while it is timed', does: { onRun: (o, run) => (run < 9 ? o : never()) }, says: /over in/ },
  {
    why: 'its device is lost while it is timed',
    does: { onRun: (o, run) => (run < 12 ? o : rejects(lost)) },
    says: /It failed: The device was lost/,
  },
];

describe('a provider that breaks is a finding', () => {
  const found = besideGood(broken, 0.3);
  it.each(broken)('$why', ({ why, says }) => {
    expect(found(why).status).toBe('fail');
    expect(found(why).lacks.join()).toMatch(says);
  });

  it('says what the error says to do', () => {
    expect(found('its device is lost while it is timed').prescriptions).toEqual(['Compile again.']);
  });

  it('disposes of what arrives after its time', async () => {
    let arrive: (backend: Backend) => void = () => {};
    const inner = fake('inner');
    const late = fake('late', { create: () => new Promise((resolve) => (arrive = resolve)) });
    await examineBackends([late], {}, { ...options, secondsPerBackend: 0.1 });
    arrive(await inner.create());
    expect(inner.counts.left).toBe(1);
    await expect.poll(() => inner.counts.left).toBe(0);
  });

  it('goes on where one cannot be disposed of', async () => {
    const inner = fake('inner', { clock });
    const stubborn = fake('stubborn', {
      create: async () => ({ ...(await inner.create()), [Symbol.asyncDispose]: () => rejects<void>() }),
    });
    expect((await examineBackends([stubborn], {}, options)).chosen).toBe('stubborn');
  });
});

describe('what is not here or not asked for is listed with the reason, and not chosen', () => {
  const fallback: FakeOptions = { availability: { available: true, fallback: true, detail: 'WebGPU on swiftshader' } };

  it.each<{ why: string; is: FakeOptions; asked?: Requirements; says: RegExp; created: number }>([
    {
      why: 'not available',
      is: { availability: { available: false, detail: 'no GPU', fix: 'Buy one.' } },
      says: /not available here: no GPU/,
      created: 0,
    },
    {
      why: 'a slow substitute, as its probe says',
      is: fallback,
      says: /slow substitute \(WebGPU on swiftshader\)/,
      created: 0,
    },
    {
      why: 'a slow substitute, as only the backend says',
      is: { environment: { fallback: true } },
      says: /slow substitute \(CPU\)/,
      created: 1,
    },
    {
      why: 'too large',
      is: { download: download(5) },
      asked: { maxDownload: 4e6 },
      says: /brings 5\.0 MB, at most 4\.0 MB were asked/,
      created: 0,
    },
    {
      why: 'of unknown size, where that matters',
      is: {},
      asked: { maxDownload: 4e6 },
      says: /does not state how many bytes/,
      created: 0,
    },
    {
      why: 'without the precision',
      is: {},
      asked: { precision: 'q8' },
      says: /computes with f32, not with q8/,
      created: 1,
    },
    {
      why: 'not deterministic',
      is: { capabilities: { deterministic: false } },
      asked: { determinism: true },
      says: /need not give the same bits/,
      created: 1,
    },
    {
      why: 'without an op',
      is: { capabilities: { ops: ['conv2d'] } },
      says: /does not declare the op relu/,
      created: 1,
    },
    {
      why: 'too slow',
      is: { ms: 4 },
      asked: { latency: 3 },
      says: /takes 4\.00 ms for a tiny network, at most 3\.00 ms/,
      created: 1,
    },
  ])('$why', async ({ is, asked, says, created }) => {
    const bad = fake('bad', { clock, ms: 1, ...is });
    const finding = await besideSuitable(bad, asked);
    expect(finding.status).toBe('warn');
    expect(finding.lacks.join(' ')).toMatch(says);
    expect(bad.counts.created).toBe(created);
  });

  it('does not even probe what is too large: a probe may load it', async () => {
    const large = fake('large', { download: download(5) });
    await besideSuitable(large, { maxDownload: 4e6 });
    expect(large.counts.probed).toBe(0);
  });

  it('says how to get what is missing', async () => {
    const finding = await besideSuitable(
      fake('bad', { availability: { available: false, detail: 'no GPU', fix: 'Buy one.' } }),
    );
    expect(finding.prescriptions).toEqual(['Buy one.']);
  });

  it('takes a slow substitute where that is allowed, and says so', async () => {
    const substitute = fake('software', { clock, ...fallback, environment: { fallback: true, device: 'swiftshader' } });
    const { chosen, reasons } = await examineBackends([substitute], { fallback: true }, options);
    expect(chosen).toBe('software');
    expect(reasons.join(' ')).toContain('software is a slow substitute (swiftshader), which was allowed.');
  });

  it('refuses training, which no backend declares', async () => {
    const { chosen, findings } = await examineBackends([slow()], { training: true }, options);
    expect(chosen).toBeUndefined();
    expect(findings[0]!.lacks).toEqual(['It does not declare training: it computes no gradients.']);
  });

  it('names what is met among the reasons', async () => {
    const asked = { maxDownload: 4e6, precision: 'q8', latency: 3, determinism: true } as const;
    const good = fake('good', {
      clock,
      ms: 2,
      download: download(3),
      capabilities: { precisions: ['f32', 'q8'] },
      fault: asStored,
    });
    expect((await examineBackends([good], asked, options)).reasons.at(-1)).toBe(
      'It has what was asked for: it brings 3.0 MB of at most 4.0 MB, it stores weights as q8, it takes 2.00 ms of at most 3.00 ms, two runs gave the same bits.',
    );
  });
});

describe('an abort ends it', () => {
  it.each<{ when: string; does: (abort: () => void) => FakeOptions }>([
    { when: 'while a probe hangs', does: (abort) => ({ probe: () => abortSoon(abort) }) },
    { when: 'while a backend is created', does: (abort) => ({ create: () => abortSoon(abort) }) },
    { when: 'while it compiles', does: (abort) => ({ compile: () => abortSoon(abort) }) },
    { when: 'while it runs', does: (abort) => ({ onRun: () => abortSoon(abort) }) },
    {
      when: 'while it is timed',
      does: (abort) => ({ onRun: (o, run) => (run < 9 ? o : abortSoon(abort)) }),
    },
  ])('$when, and nothing is left', async ({ does }) => {
    const controller = new AbortController();
    const provider = fake('aborted', { clock, ...does(() => controller.abort()) });
    const other = slow();
    await expect(
      examineBackends([other, provider], {}, { ...options, secondsPerBackend: 600, signal: controller.signal }),
    ).rejects.toMatchObject({ code: 'aborted' });
    expect([provider.counts.left, other.counts.left]).toEqual([0, 0]);
  });

  it('before it begins, and nothing is asked', async () => {
    const provider = slow();
    await expect(examineBackends([provider], {}, { ...options, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(provider.counts.probed).toBe(0);
  });
});
