import { describedTarget } from '../openapi/described-target.ts';
import { createInProcessTarget } from './in-process-target.ts';
import { describeHttp } from './describe-http.ts';
import { startLexicalCloud } from './lexical-cloud.ts';

describeHttp('in process', async () => {
  const { api, close } = await startLexicalCloud();
  return describedTarget(createInProcessTarget(api, close));
});
