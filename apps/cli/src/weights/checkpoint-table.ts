import type { Checkpoint } from '@alexnet/checkpoints';
import { showShape } from '@alexnet/core';
import { table } from '../terminal/table.ts';

/** Which tensor of a file became which parameter, and what became of the rest. */
export function checkpointTable({ format, convention, matched, unused, others }: Checkpoint): string {
  const rows = matched.map(({ parameter, shape, tensor, from, conversion }) => ({
    parameter,
    shape: showShape(shape),
    tensor,
    'in the file': showShape(from),
    conversion: conversion ?? '',
  }));
  const rest = [
    `${format} with ${convention} names: ${matched.length} tensors matched`,
    ...(unused.length === 0 ? [] : [`not used: ${unused.join(', ')}`]),
    ...(others.length === 0 ? [] : [`no tensors: ${others.join(', ')}`]),
  ];
  return `${table(rows)}\n\n${rest.join('; ')}`;
}
