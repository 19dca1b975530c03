export { createRandom } from '../../../../eval/cache/random.ts';
