export { decodeDc } from './decode.ts';
export { encodeDc } from './encode.ts';
export { paperDcRecipe } from './recipe.ts';
export { type DcRecipe, fitSharing, type Sharing, shareWeights } from './share.ts';
