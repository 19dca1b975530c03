import { startEmulators, type Emulators } from './start.ts';

/**
 * Starts an empty DynamoDB in a process of its own and points this process's environment at it, so that the SDK's clients
 * find it as they find AWS and no credentials of the person who started it are used.
 */
export async function startDynamoDb(): Promise<Pick<Emulators, 'close'>> {
  const emulators = await startEmulators({ dynamoDb: {} });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: emulators.endpoints.dynamoDb,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: 'us-east-1',
  });
  delete process.env['AWS_PROFILE'];
  return emulators;
}
