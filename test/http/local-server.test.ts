import { describeHttp } from './describe-http.ts';
import { startLexicalCloud } from './lexical-cloud.ts';

describeHttp('on the local server', async () => {
  const { cloud, close } = await startLexicalCloud();
  return {
    hasPlatform: true,
    close,
    fetch: (path, init) => fetch(`${cloud.url}${path}`, init),
  };
});
