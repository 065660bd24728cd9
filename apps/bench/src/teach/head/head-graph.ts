import { buildGraph, type Graph } from '@alexnet/core';

/** A network of one layer: from features to classes. */
export function headGraph(features: number, classes: number): Graph {
  return buildGraph('head', { name: 'features', shape: [features] })
    .linear('head', classes)
    .softmax('prob')
    .build();
}
