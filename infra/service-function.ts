import { RemovalPolicy, type Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** What differs from function to function. */
export interface ServiceFunctionProps {
  description: string;
  /** Folder with the built bundle, `index.mjs`. */
  code: string;
  memoryMb: number;
  timeout: Duration;
  /** Allows the role what the function needs and returns its variables. */
  environment: (role: Role) => Record<string, string>;
}

/**
 * A function of ours: its own role that may do exactly what it is allowed, its own logs, as JSON, kept for a month.
 * It is the stack's own child, so that `sam local invoke` knows it by `id`.
 */
export function createFunction(scope: Construct, id: string, props: ServiceFunctionProps): Function {
  const logGroup = new LogGroup(scope, `${id}Logs`, {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  // A role of our own, since the one CDK makes may write every log of the account.
  const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  return new Function(scope, id, {
    description: props.description,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code: Code.fromAsset(props.code),
    handler: 'index.handler',
    memorySize: props.memoryMb,
    timeout: props.timeout,
    environment: props.environment(role),
    role,
    logGroup,
    loggingFormat: LoggingFormat.JSON,
  });
}
