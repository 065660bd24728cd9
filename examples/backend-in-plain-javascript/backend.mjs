// A complete backend in plain JavaScript: one loop nest per op on float32 values, no dependency but @alexnet/core.
// It is right and slow. Replace a loop with something fast, run the suite, go on with the next.
import * as core from '@alexnet/core';

const { AlexNetError, checkInputs, checkOutputs, checkWeights, inferShapes, precisions, readAsStored } = core;

// Each op gets its node and
//   x, [C, H, W]       what it reads: `batch` samples of C planes of H x W (flat values: C features, H and W are 1)
//   y, [D, R, S]       what it writes: `batch` samples of D planes of R x S
//   p(name)            the data of a parameter
const ops = {
  conv2d({ weight, bias, stride, pads, groups }, { x, C, H, W, y, D, R, S, batch, p, shapeOf }) {
    const [, inputs, KH, KW] = shapeOf(weight);
    const w = p(weight);
    for (let n = 0, at = 0; n < batch; n++)
      for (let d = 0; d < D; d++) {
        const first = n * C + Math.floor(d / (D / groups)) * inputs; // the first plane of d's group
        for (let i = 0; i < R; i++)
          for (let j = 0; j < S; j++) {
            let sum = bias === undefined ? 0 : p(bias)[d];
            for (let c = 0; c < inputs; c++)
              for (let u = 0; u < KH; u++) {
                const row = i * stride[0] + u - pads.top;
                if (row < 0 || row >= H) continue;
                for (let v = 0; v < KW; v++) {
                  const column = j * stride[1] + v - pads.left;
                  if (column < 0 || column >= W) continue;
                  sum += w[((d * inputs + c) * KH + u) * KW + v] * x[((first + c) * H + row) * W + column];
                }
              }
            y[at++] = sum;
          }
      }
  },
  linear({ weight, bias }, { x, C, y, D, batch, p }) {
    const w = p(weight);
    for (let n = 0; n < batch; n++)
      for (let d = 0; d < D; d++) {
        let sum = bias === undefined ? 0 : p(bias)[d];
        for (let c = 0; c < C; c++) sum += w[d * C + c] * x[n * C + c];
        y[n * D + d] = sum;
      }
  },
  relu(_node, { x, y }) {
    for (let i = 0; i < x.length; i++) y[i] = x[i] < 0 ? 0 : x[i]; // NaN stays NaN
  },
  lrn({ size, alpha, beta, bias }, { x, C, H, W, y }) {
    const plane = H * W;
    for (let i = 0; i < x.length; i++) {
      const c = Math.floor(i / plane) % C;
      const from = Math.max(0, c - Math.floor((size - 1) / 2)) - c;
      const to = Math.min(C - 1, c + Math.ceil((size - 1) / 2)) - c;
      let squares = 0;
      for (let k = from; k <= to; k++) squares += x[i + k * plane] ** 2;
      y[i] = x[i] / (bias + (alpha / size) * squares) ** beta;
    }
  },
  maxPool2d({ kernel, stride, pads }, { x, C, H, W, y, R, S, batch }) {
    for (let plane = 0, at = 0; plane < batch * C; plane++)
      for (let i = 0; i < R; i++)
        for (let j = 0; j < S; j++) {
          const [top, left] = [i * stride[0] - pads.top, j * stride[1] - pads.left];
          let most = Number.NEGATIVE_INFINITY;
          for (let r = Math.max(0, top); r < Math.min(H, top + kernel[0]); r++)
            for (let s = Math.max(0, left); s < Math.min(W, left + kernel[1]); s++)
              most = Math.max(most, x[(plane * H + r) * W + s]);
          y[at++] = most;
        }
  },
  adaptiveAvgPool2d(_node, { x, C, H, W, y, R, S, batch }) {
    for (let plane = 0, at = 0; plane < batch * C; plane++)
      for (let i = 0; i < R; i++)
        for (let j = 0; j < S; j++) {
          const [top, bottom] = [Math.floor((i * H) / R), Math.ceil(((i + 1) * H) / R)];
          const [left, right] = [Math.floor((j * W) / S), Math.ceil(((j + 1) * W) / S)];
          let sum = 0;
          for (let r = top; r < bottom; r++) for (let s = left; s < right; s++) sum += x[(plane * H + r) * W + s];
          y[at++] = sum / ((bottom - top) * (right - left));
        }
  },
  batchNorm({ scale, bias, mean, variance, epsilon }, { x, C, H, W, y, p }) {
    for (let i = 0; i < x.length; i++) {
      const c = Math.floor(i / (H * W)) % C;
      y[i] = ((x[i] - p(mean)[c]) / Math.sqrt(p(variance)[c] + epsilon)) * p(scale)[c] + p(bias)[c];
    }
  },
  pad2d({ pads }, { x, H, W, y, R, S }) {
    for (let i = 0; i < x.length; i++) {
      const [plane, row, column] = [Math.floor(i / (H * W)), Math.floor(i / W) % H, i % W];
      y[(plane * R + row + pads.top) * S + column + pads.left] = x[i];
    }
  },
  softmax(_node, { x, C, y }) {
    for (let at = 0; at < x.length; at += C) {
      const row = x.subarray(at, at + C);
      const most = row.reduce((a, b) => Math.max(a, b));
      const sum = row.reduce((total, value) => total + Math.exp(value - most), 0);
      for (let c = 0; c < C; c++) y[at + c] = Math.exp(row[c] - most) / sum;
    }
  },
  flatten: (_node, { x, y }) => y.set(x),
  dropout: (_node, { x, y }) => y.set(x), // only training drops
};

/** @returns {import('@alexnet/core').Backend} */
export function createBackend() {
  return {
    id: 'plain-javascript',
    environment: { engine: 'loops', device: 'JavaScript', threads: 1, fallback: false, notes: [] },
    capabilities: { ops: Object.keys(ops), precisions, profiling: false, strictNonFinite: true, deterministic: true },
    async compile(graph, weights, { outputs, precision = 'f32', signal } = {}) {
      if (!precisions.includes(precision)) throw new AlexNetError({ code: 'unsupported', message: `No ${precision}` });
      const shapes = inferShapes(graph); // rejects graphs that are wrong
      checkWeights(graph, weights);
      const wanted = checkOutputs(graph, outputs);
      const parameters = new Map(await readAsStored(graph, weights, precision, { signal }));
      core.throwIfAborted(signal, 'compile');
      let disposed = false;
      return {
        run: (inputs, options) => {
          if (disposed) throw new AlexNetError({ code: 'disposed', message: 'The program was disposed' });
          return run(graph, shapes, parameters, wanted, inputs, options);
        },
        memory: () => ({ hostBytes: disposed ? 0 : 4 * core.costOf(graph).parameters, deviceBytes: 0 }),
        async [Symbol.asyncDispose]() {
          disposed = true;
        },
      };
    },
    async [Symbol.asyncDispose]() {},
  };
}

async function run(graph, shapes, parameters, wanted, inputs, { signal } = {}) {
  core.throwIfAborted(signal, 'run');
  const batch = checkInputs(graph, inputs);
  const values = new Map(graph.inputs.map(({ name }) => [name, { ...inputs[name], data: inputs[name].data.slice() }]));
  for (const node of graph.nodes) {
    const { data: x } = values.get(node.inputs[0]);
    const [[C, H = 1, W = 1], [D, R = 1, S = 1]] = [shapes.values.get(node.inputs[0]), shapes.values.get(node.name)];
    const y = new Float32Array(batch * D * R * S);
    const [p, shapeOf] = [(name) => parameters.get(name).data, (name) => parameters.get(name).shape];
    ops[node.op](node, { x, C, H, W, y, D, R, S, batch, p, shapeOf });
    values.set(node.name, { shape: [batch, ...shapes.values.get(node.name)], data: y });
    await new Promise((resolve) => setTimeout(resolve)); // lets others run, and signals arrive
    core.throwIfAborted(signal, 'run');
  }
  return Object.fromEntries(wanted.map((name) => [name, values.get(name)]));
}
