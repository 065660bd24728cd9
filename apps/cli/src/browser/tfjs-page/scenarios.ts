import { GPGPUContext, MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import * as tf from '@tensorflow/tfjs-core';
import { bytesOnDevice, compiled, lose, polls, started, watch } from './devices.ts';
import { compile, create, type DeviceEngine, endOf, errorOf, errorOn, memory, run } from './network.ts';

/*
 * What a page does. Each scenario runs in a page of its own and returns plain data.
 */

/** The device goes away while a run waits for its results; runs and compiles follow at once. */
export async function deviceLoss(engine: DeviceEngine) {
  const before = memory();
  const backend = await create(engine);
  const program = await compile(backend);
  const first = await errorOf(program);
  const polling = engine === 'webgl' ? polls() : () => 0;
  const underWay = endOf(run(program));
  lose(engine);
  const atOnce = endOf(run(program));
  const [one, two] = await Promise.all([compile(backend), compile(backend)]);
  const ends = { underWay: await underWay, atOnce: await atOnce, later: await endOf(run(program)) };
  const polled = polling();
  const after = await Promise.all([errorOf(one), errorOf(two)]);
  for (const user of [program, one, two, backend]) await user[Symbol.asyncDispose]();
  return { first, ends, polled, after, left: { before, after: memory() }, started: started() };
}

/** The device goes away and all is disposed, before anybody sees that it went. */
export async function disposeAfterLoss(engine: DeviceEngine) {
  const before = memory();
  const backend = await create(engine);
  const program = await compile(backend);
  await run(program);
  lose(engine);
  await program[Symbol.asyncDispose]();
  await backend[Symbol.asyncDispose]();
  const left = { before, after: memory() };
  await using next = await create(engine);
  return { left, next: await errorOn(next) };
}

/** `runs` runs: what is there after the first and after the last, and when all is disposed. */
export async function manyRuns(engine: DeviceEngine, runs: number) {
  const before = memory();
  await using backend = await create(engine);
  const idle = bytesOnDevice(engine);
  const program = await compile(backend);
  await run(program);
  const one = { ...memory(), gpu: bytesOnDevice(engine) };
  for (let i = 1; i < runs; i++) await run(program);
  const many = { ...memory(), gpu: bytesOnDevice(engine) };
  await program[Symbol.asyncDispose]();
  return { one, many, idle, disposed: bytesOnDevice(engine), left: { before, after: memory() } };
}

/** Three engines at the same time, beside a page that uses tfjs on a fourth. */
export async function sideBySide() {
  await tf.setBackend('cpu');
  const mine = tf.tensor1d([1, 2, 3]);
  const seen = new Set<string>();
  const look = setInterval(() => seen.add(tf.getBackend()));
  const backends = await Promise.all((['webgl', 'wasm', 'webgpu'] as const).map((engine) => create(engine)));
  const during = started();
  const programs = await Promise.all(backends.map(compile));
  const errors = await Promise.all([...programs, ...programs].map(errorOf));
  const squares = [...(await tf.square(mine).data())];
  clearInterval(look);
  seen.add(tf.getBackend());
  for (const user of [...programs, ...backends]) await user[Symbol.asyncDispose]();
  return { during, errors, squares, cubes: [...tf.pow(mine, 3).dataSync()], seen: [...seen], after: started() };
}

/** The last user goes; then the next one comes. */
export async function lastUser(engine: DeviceEngine) {
  const first = await create(engine);
  const second = await create(engine);
  const gone = watch(engine);
  await first[Symbol.asyncDispose]();
  const shared = { gone: await gone(), error: await errorOn(second) };
  await second[Symbol.asyncDispose]();
  const ended = { gone: await gone(), started: started() };
  await using next = await create(engine);
  return { shared, ended, next: await errorOn(next) };
}

/** Started and given up again and again; then it still computes. */
export async function cycles(engine: DeviceEngine | 'wasm', times: number) {
  for (let i = 0; i < times; i++) {
    const backend = await create(engine);
    await backend[Symbol.asyncDispose]();
  }
  const after = started();
  await using backend = await create(engine);
  return { after, error: await errorOn(backend) };
}

/** All is disposed while a run waits for its results. */
export async function disposeDuringRun(engine: DeviceEngine) {
  const before = memory();
  const backend = await create(engine);
  const program = await compile(backend);
  const running = errorOf(program);
  await Promise.all([backend[Symbol.asyncDispose](), program[Symbol.asyncDispose]()]);
  return { error: await running, started: started(), left: { before, after: memory() } };
}

/** The backend is disposed while a compile waits for the engine. */
export async function disposeDuringCompile(engine: DeviceEngine) {
  const backend = await create(engine);
  const compiling = compile(backend);
  await backend[Symbol.asyncDispose]();
  const program = await compiling;
  const error = await errorOf(program);
  await program[Symbol.asyncDispose]();
  return { error, started: started() };
}

/** tfjs has one WebGL context; here the page gave it one that it draws with. */
export async function contextOfThePage() {
  tf.env().set('SOFTWARE_WEBGL_ENABLED', true);
  const { gl } = new MathBackendWebGL(document.createElement('canvas')).getGPGPUContext();
  tf.registerBackend('theirs', () => new MathBackendWebGL(new GPGPUContext(gl)));
  tf.copyRegisteredKernels('webgl', 'theirs');
  await tf.setBackend('theirs');
  const mine = tf.square(tf.range(0, 4096));
  const backend = await create('webgl');
  const error = await errorOn(backend);
  await backend[Symbol.asyncDispose]();
  const last = (await tf.square(mine).data()).at(-1);
  return { error, started: started(), lost: gl.isContextLost(), last };
}

/** Shaders before and after a warm-up, and after the run that follows. */
export async function warmup(engine: DeviceEngine) {
  await using backend = await create(engine);
  await using program = await compile(backend);
  const before = compiled(engine);
  await program.warmup!(2);
  const warm = compiled(engine);
  await run(program);
  return { before, warm, ran: compiled(engine) };
}
