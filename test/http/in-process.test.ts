import { createInProcessTarget } from './in-process-target.ts';
import { describeHttp } from './describe-http.ts';
import { startLexicalCloud } from './lexical-cloud.ts';

describeHttp('in process', async () => {
  const { api, close } = await startLexicalCloud();
  return createInProcessTarget(api, close);
});
