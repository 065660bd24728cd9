/** The epsilon of Keras' BatchNormalization. */
export const kerasEpsilon = 1e-3;
