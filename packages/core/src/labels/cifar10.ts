/** CIFAR-10, in the order of its label numbers, which is alphabetical. */
export const cifar10: readonly string[] = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
];
